import type { CacheStats, HistoryPoint, StatsView, View } from './stats.types.js';

/** Half an hour at one point every 2 s. */
const MAX_POINTS = 900;

export type Histories = Readonly<Record<View, readonly HistoryPoint[]>>;

export const NO_HISTORY: Histories = { fleet: [], instance: [] };

/** The last minute of some figures, as a point of a chart. */
export function pointOf({ windows }: CacheStats, at: number): HistoryPoint {
  const { seconds, hits, misses, hitRate, avgResponseTimeMs, p99Ms } = windows['1m'];
  const perSecond = (value: number): number => (seconds > 0 ? value / seconds : 0);
  return {
    at,
    hitRate,
    avgMs: avgResponseTimeMs,
    p99Ms,
    hitsPerSecond: perSecond(hits),
    missesPerSecond: perSecond(misses),
  };
}

/** The histories with one more point each. */
export function withStats(histories: Histories, stats: StatsView, at: number): Histories {
  return {
    fleet: added(histories.fleet, pointOf(stats.fleet, at)),
    instance: added(histories.instance, pointOf(stats, at)),
  };
}

/** The histories with what an instance remembers of itself, which is the fleet's as well where it is alone. */
export function withRemembered(
  histories: Histories,
  remembered: readonly HistoryPoint[],
  { fleet }: StatsView,
): Histories {
  return {
    fleet: fleet.instances.length === 1 ? inFront(remembered, histories.fleet) : histories.fleet,
    instance: inFront(remembered, histories.instance),
  };
}

function inFront(remembered: readonly HistoryPoint[], known: readonly HistoryPoint[]): readonly HistoryPoint[] {
  const first = known[0]?.at ?? Infinity;
  return [...remembered.filter(({ at }) => at < first), ...known].slice(-MAX_POINTS);
}

function added(points: readonly HistoryPoint[], point: HistoryPoint): readonly HistoryPoint[] {
  const last = points.at(-1);
  if (last !== undefined && point.at <= last.at) return points;
  return [...points, point].slice(-MAX_POINTS);
}
