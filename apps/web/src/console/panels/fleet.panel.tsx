import type { StatsView } from '../api/stats.types.js';
import { bytes, duration, latency, percent, perSecond } from '../figure.format.js';
import { Panel } from './panel.js';

/** All instances, by what each told last. */
export function FleetPanel({ stats }: { stats: StatsView }): React.JSX.Element {
  const { instances, complete } = stats.fleet;
  const instancesWord = instances.length === 1 ? '1 instance' : `${instances.length} instances`;
  return (
    <Panel title="Fleet" area="fleet" aside={complete ? instancesWord : 'the others cannot be asked'}>
      <ul>
        {instances.map((instance) => (
          <li key={instance.instance} className={instance.instance === stats.instance ? 'self' : ''}>
            <div>
              <code>{instance.instance}</code>
              <small>
                {instance.instance === stats.instance ? 'answers this page, ' : ''}up for{' '}
                {duration(instance.uptimeSeconds * 1_000)}
              </small>
            </div>
            <dl>
              <div>
                <dt>Hit rate</dt>
                <dd>{percent(instance.hitRate)}</dd>
              </div>
              <div>
                <dt>Reads</dt>
                <dd>{perSecond(instance.requestsPerSecond)}/s</dd>
              </div>
              <div>
                <dt>Mean</dt>
                <dd>{latency(instance.avgResponseTimeMs)}</dd>
              </div>
              <div>
                <dt>L1</dt>
                <dd>{bytes(instance.l1Bytes)}</dd>
              </div>
            </dl>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
