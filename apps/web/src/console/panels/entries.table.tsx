import { type EntryStats, TIERS, type WindowName } from '../api/stats.types.js';
import { count, latency, percent, sum } from '../figure.format.js';
import { WINDOW_NAMES } from './hit-rate.panel.js';
import { Panel } from './panel.js';
import { TIER_NAMES, TierBar } from './tier.bar.js';

interface EntriesTableProps {
  readonly entries: Readonly<Record<string, EntryStats>>;
  /** Of the instance that answers, since its start. */
  readonly p99Ms: Readonly<Record<string, number | null>>;
  readonly window: WindowName;
}

/** Each entry of the catalog: reads within the window, work since the start. */
export function EntriesTable({ entries, p99Ms, window }: EntriesTableProps): React.JSX.Element {
  const rows = Object.entries(entries).sort(
    ([, one], [, other]) =>
      other.windows[window].requests - one.windows[window].requests || other.requests - one.requests,
  );
  return (
    <Panel title="Entries" area="entries" aside={`reads over ${WINDOW_NAMES[window]}, work since the start`}>
      {rows.length === 0 ? (
        <p className="nothing">Nothing has been read yet.</p>
      ) : (
        <Table rows={rows} p99Ms={p99Ms} window={window} />
      )}
    </Panel>
  );
}

type TableProps = Omit<EntriesTableProps, 'entries'> & { readonly rows: readonly [string, EntryStats][] };

function Table({ rows, p99Ms, window }: TableProps): React.JSX.Element {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Entry</th>
          <th scope="col">Where answers came from</th>
          <th scope="col">Hit rate</th>
          {TIERS.map((tier) => (
            <th key={tier} scope="col">
              {tier === 'MISS' ? 'Misses' : TIER_NAMES[tier]}
            </th>
          ))}
          <th scope="col">Mean</th>
          <th scope="col" title="Of the instance that answers this page, since its start">
            p99
          </th>
          <th scope="col" className="since">
            Loads
          </th>
          <th scope="col" className="since">
            Fills
          </th>
          <th scope="col" className="since">
            Refused
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, entry]) => (
          <Row key={name} name={name} entry={entry} p99Ms={p99Ms[name]} window={window} />
        ))}
      </tbody>
    </table>
  );
}

interface RowProps {
  readonly name: string;
  readonly entry: EntryStats;
  readonly p99Ms: number | null | undefined;
  readonly window: WindowName;
}

function Row({ name, entry, p99Ms, window }: RowProps): React.JSX.Element {
  const reads = entry.windows[window];
  const { failed } = entry.loads;
  const refused = sum(entry.fills.refused);
  return (
    <tr>
      <th scope="row">{name}</th>
      <td className="bar">
        <TierBar tiers={reads.tiers} requests={reads.requests} />
      </td>
      <td data-label="Hit rate" className="strong">
        {percent(reads.hitRate)}
      </td>
      {TIERS.map((tier) => (
        <td
          key={tier}
          data-label={tier === 'MISS' ? 'Misses' : TIER_NAMES[tier]}
          className={reads.tiers[tier].count === 0 ? 'zero' : ''}
        >
          {count(reads.tiers[tier].count)}
        </td>
      ))}
      <td data-label="Mean">{latency(reads.avgResponseTimeMs)}</td>
      <td data-label="p99">{latency(p99Ms)}</td>
      <td data-label="Loads" className="since" title={`${latency(entry.loads.avgMs)} on average`}>
        {count(entry.loads.count)}
        {failed > 0 && <em className="bad"> {count(failed)} failed</em>}
      </td>
      <td data-label="Fills" className="since">
        {count(entry.fills.count)}
      </td>
      <td data-label="Refused" className={refused === 0 ? 'since zero' : 'since'} title={refusals(entry)}>
        {count(refused)}
      </td>
    </tr>
  );
}

function refusals({ fills }: EntryStats): string {
  const reasons = Object.entries(fills.refused).filter(([, times]) => times > 0);
  return reasons.map(([reason, times]) => `${reason}: ${times}`).join(', ');
}
