import type { AlertStatus } from '../api/stats.types.js';
import { duration, latency, percent } from '../figure.format.js';
import { useNow } from '../use-now.js';
import { Panel } from './panel.js';

const NAMES: Readonly<Record<string, string>> = {
  'low-hit-rate': 'Hit rate',
  'high-memory': 'Redis memory',
  'connection-lost': 'Redis connection',
  'slow-responses': 'Response time',
};

/** What is wrong, first; then what would be told if it were. */
export function AlertsPanel({ alerts }: { alerts: readonly AlertStatus[] }): React.JSX.Element {
  const now = useNow(1_000);
  const firing = alerts.filter(({ state }) => state === 'firing');
  const ordered = [...firing, ...alerts.filter(({ state }) => state === 'ok')];
  return (
    <Panel title="Alerts" area="alerts" aside={firing.length === 0 ? 'all clear' : `${firing.length} firing`}>
      <ul aria-live="polite">
        {ordered.map(({ alert, state, value, threshold, unit, summary, since }) => (
          <li key={alert} className={state}>
            <i aria-hidden="true" />
            <div>
              <b>{NAMES[alert] ?? alert}</b>
              <small>
                {state === 'firing'
                  ? `${summary}${since === null ? '' : `, for ${lasting(now - Date.parse(since))}`}`
                  : bound(threshold, unit, alert)}
              </small>
            </div>
            <span>{reading(value, unit)}</span>
            <em className="sr">{state === 'firing' ? 'firing' : 'ok'}</em>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** The two clocks may differ, and tenths are noise here. */
function lasting(ms: number): string {
  return duration(Math.max(0, Math.floor(ms / 1_000)) * 1_000);
}

function reading(value: number | null, unit: AlertStatus['unit']): string {
  if (value === null) return '–';
  if (unit === 'percent') return percent(value);
  if (unit === 'ms') return latency(value);
  return value > 0 ? 'up' : 'down';
}

function bound(threshold: number, unit: AlertStatus['unit'], alert: string): string {
  if (unit === 'connections') return 'Fires when Redis cannot be used';
  const below = alert === 'low-hit-rate';
  return `Fires ${below ? 'below' : 'above'} ${unit === 'ms' ? `${threshold} ms` : `${threshold}%`}`;
}
