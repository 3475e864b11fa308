import type { CacheStats } from '../api/stats.types.js';
import { bytes, count, latency, sum } from '../figure.format.js';
import { Panel } from './panel.js';

const KINDS: Readonly<Record<string, string>> = {
  key: 'by key',
  tag: 'by tag',
  pattern: 'by pattern',
  namespace: 'by namespace',
  all: 'of everything',
};

/** What the cache did besides answering, since the start. */
export function WorkPanel({ stats }: { stats: CacheStats }): React.JSX.Element {
  const { invalidations, fills, loads, consistency } = stats;
  const applied = Object.values(invalidations).reduce((total, kind) => total + kind.applied, 0);
  const queued = Object.values(invalidations).reduce((total, kind) => total + kind.queued, 0);
  const compared = consistency.agree + consistency.aged + consistency.mismatch;
  const errors = sum(stats.decodeErrors);
  return (
    <Panel title="Work" area="work" aside="since the start">
      <dl className="facts">
        <Fact name="Invalidations" value={count(applied + queued)} note={kinds(invalidations, queued)} />
        <Fact name="Heard from others" value={count(stats.invalidationsReceived)} note="invalidations over the bus" />
        <Fact
          name="Loads"
          value={count(loads.count)}
          note={`${latency(loads.avgMs)} on average, ${count(loads.failed)} failed`}
          bad={loads.failed > 0}
        />
        <Fact name="Fills" value={count(fills.count)} note={fillNote(fills)} />
        <Fact
          name="Compared with the source"
          value={count(compared)}
          note={consistency.mismatch === 0 ? 'none disagreed' : `${count(consistency.mismatch)} disagreed`}
          bad={consistency.mismatch > 0}
        />
        <Fact name="Unreadable values" value={count(errors)} note="taken for absent" bad={errors > 0} />
        <Fact
          name="Connection to Redis lost"
          value={count(stats.connectionFailures)}
          note="times"
          bad={stats.connectionFailures > 0}
        />
      </dl>
    </Panel>
  );
}

function Fact({
  name,
  value,
  note,
  bad = false,
}: {
  name: string;
  value: string;
  note: string;
  bad?: boolean;
}): React.JSX.Element {
  return (
    <div className={bad ? 'bad' : ''}>
      <dt>
        {name} <small>{note}</small>
      </dt>
      <dd>{value}</dd>
    </div>
  );
}

function kinds(invalidations: CacheStats['invalidations'], queued: number): string {
  const parts = Object.entries(invalidations)
    .map(([kind, of]) => [KINDS[kind] ?? kind, of.applied + of.queued] as const)
    .filter(([, times]) => times > 0)
    .map(([kind, times]) => `${count(times)} ${kind}`);
  if (queued > 0) parts.push(`${count(queued)} had to wait`);
  return parts.length === 0 ? 'none yet' : parts.join(', ');
}

function fillNote({ bodyBytes, storedBytes, compressionRatio }: CacheStats['fills']): string {
  if (compressionRatio === null) return 'nothing stored yet';
  return `${bytes(bodyBytes)}, stored as ${bytes(storedBytes)}`;
}
