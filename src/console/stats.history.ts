import type { CacheStats } from '@chaincache/cache';

/** The last minute as it was at a moment. */
export interface HistoryPoint {
  /** Epoch ms. */
  readonly at: number;
  /** Percent; null where nothing was read. */
  readonly hitRate: number | null;
  readonly avgMs: number | null;
  readonly p99Ms: number | null;
  readonly hitsPerSecond: number;
  readonly missesPerSecond: number;
}

/** Half an hour at one point every 5 s: some 30 kB. */
const MAX_POINTS = 360;

/** What this instance did lately, so that whoever opens the console sees more than an empty chart. */
export class StatsHistory {
  private points: readonly HistoryPoint[] = [];

  add({ windows }: Pick<CacheStats, 'windows'>, at: number): void {
    const { seconds, hits, misses, hitRate, avgResponseTimeMs, p99Ms } = windows['1m'];
    const perSecond = (count: number): number => (seconds > 0 ? count / seconds : 0);
    const point = {
      at,
      hitRate,
      avgMs: avgResponseTimeMs,
      p99Ms,
      hitsPerSecond: perSecond(hits),
      missesPerSecond: perSecond(misses),
    };
    // A wall clock that was set back begins anew: a chart's times only grow.
    const kept = at > (this.points.at(-1)?.at ?? -Infinity) ? this.points : [];
    this.points = [...kept, point].slice(-MAX_POINTS);
  }

  /** Oldest first. */
  all(): readonly HistoryPoint[] {
    return this.points;
  }
}
