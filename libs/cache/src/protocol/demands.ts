import type { Clock } from '../clock.js';

/** How long a demanded height is remembered: far longer than an indexer lags, far shorter than a leak would need. */
const DEMAND_LIFE_MS = 600_000;
const MAX_DEMANDS = 10_000;

/**
 * Block heights that were demanded of tags ("nothing older than this block may be cached for the wallet again"),
 * as far as this process has heard of them. The store keeps its own copy beside the versions.
 */
export class HeightDemands {
  private readonly demands = new Map<string, { readonly height: number; readonly until: number }>();

  constructor(private readonly clock: Clock) {}

  demand(tags: readonly string[], height: number): void {
    const until = this.clock.now() + DEMAND_LIFE_MS;
    for (const tag of tags) {
      const known = this.demands.get(tag);
      this.demands.delete(tag);
      this.demands.set(tag, { height: Math.max(height, known?.height ?? 0), until });
    }
    // Oldest first: insertion order is the order of demands.
    for (const [tag, { until: end }] of this.demands) {
      if (this.demands.size <= MAX_DEMANDS && end > this.clock.now()) break;
      this.demands.delete(tag);
    }
  }

  /** The highest demand on any of the tags, or null. */
  of(tags: readonly string[]): number | null {
    if (this.demands.size === 0) return null;
    let highest: number | null = null;
    const now = this.clock.now();
    for (const tag of tags) {
      const demand = this.demands.get(tag);
      if (demand !== undefined && demand.until > now && demand.height > (highest ?? -1)) highest = demand.height;
    }
    return highest;
  }
}
