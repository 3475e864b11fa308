import type { CacheStats, SliceStats, StatsView } from '../api/stats.types.js';
import { bytes, count, duration, latency, perSecond, sum } from '../figure.format.js';

interface Tile {
  readonly name: string;
  readonly value: string;
  readonly note: string;
  readonly state?: 'good' | 'low' | undefined;
  /** How full something is, 0 to 1. */
  readonly full?: number | undefined;
}

/** Heartbeats come every second; several missed ones mean that invalidations may not be heard. */
const BUS_SILENT_MS = 5_000;
const OUTBOX_OLD_MS = 10_000;
const SLOW_MS = 50;

interface StateTilesProps {
  readonly stats: StatsView;
  readonly slice: SliceStats;
  readonly l1: CacheStats['l1'];
}

export function StateTiles({ stats, slice, l1 }: StateTilesProps): React.JSX.Element {
  return (
    <section className="tiles" aria-label="State">
      <dl>
        {[...speedTiles(slice), ...memoryTiles(stats, l1), ...protocolTiles(stats)].map((tile) => (
          <div key={tile.name} className={`tile ${tile.state ?? ''}`}>
            <dt>{tile.name}</dt>
            <dd>
              <b>{tile.value}</b>
              <small>{tile.note}</small>
              {tile.full !== undefined && (
                <meter min={0} max={1} high={0.8} value={tile.full} aria-label={`${tile.name} in use`} />
              )}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function speedTiles(slice: SliceStats): Tile[] {
  const { avgResponseTimeMs: avg, p50Ms, p99Ms, requestsPerSecond, coalesced, staleServed } = slice;
  const stale = sum(staleServed);
  return [
    {
      name: 'Response time',
      value: latency(avg),
      note: `median ${latency(p50Ms)}`,
      state: avg !== null && avg > SLOW_MS ? 'low' : undefined,
    },
    { name: 'Slowest 1%', value: latency(p99Ms), note: '99th percentile' },
    { name: 'Reads', value: `${perSecond(requestsPerSecond)}/s`, note: `${count(coalesced)} shared a load` },
    { name: 'Stale served', value: count(stale), note: 'while a source failed', state: stale > 0 ? 'low' : undefined },
  ];
}

function memoryTiles({ redis, store }: StatsView, l1: CacheStats['l1']): Tile[] {
  return [
    {
      name: 'L1 memory',
      value: bytes(l1.bytes),
      note: `of ${bytes(l1.maxBytes)}, ${count(l1.entries)} entries`,
      full: l1.maxBytes > 0 ? l1.bytes / l1.maxBytes : 0,
    },
    redisTile(redis, store.state),
  ];
}

function redisTile(redis: StatsView['redis'], state: StatsView['store']['state']): Tile {
  const name = 'Redis memory';
  if (state === 'none') return { name, value: 'none', note: 'one process, memory only' };
  if (redis === null) return { name, value: state === 'down' ? 'down' : '–', note: 'cannot be asked', state: 'low' };
  const { memoryUsedBytes: used, memoryMaxBytes: max, keys } = redis;
  const note = `${max > 0 ? `of ${bytes(max)}` : 'no limit'}, ${count(keys)} keys`;
  return {
    name,
    value: bytes(used),
    note,
    state: max > 0 && used / max > 0.8 ? 'low' : undefined,
    full: max > 0 ? used / max : undefined,
  };
}

function protocolTiles({ outbox, busSilenceMs, store }: StatsView): Tile[] {
  const waiting = outbox !== null && outbox.pending > 0;
  return [
    {
      name: 'Outbox',
      value: outbox === null ? '–' : waiting ? duration(outbox.oldestAgeMs) : 'empty',
      note: waiting ? `${count(outbox.pending)} invalidations wait` : 'no invalidation waits',
      state: outbox !== null && outbox.oldestAgeMs > OUTBOX_OLD_MS ? 'low' : undefined,
    },
    {
      name: 'Bus',
      value: store.state === 'none' ? 'none' : duration(busSilenceMs),
      note: store.state === 'none' ? 'nobody else to tell' : 'since the last heartbeat',
      state: busSilenceMs !== null && busSilenceMs > BUS_SILENT_MS ? 'low' : undefined,
    },
  ];
}
