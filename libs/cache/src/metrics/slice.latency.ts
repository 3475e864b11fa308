import { middleMs } from './latency.histogram.js';

/** Durations of some time: what a histogram held at its end beyond what it held at its beginning. */
export interface SliceLatency {
  readonly sumMs: number;
  readonly weight: number;
  /** Bucket and weight in turn, buckets ascending, as `LatencyHistogram.toPairs` gives them. */
  readonly pairs: ArrayLike<number>;
}

export const NO_LATENCY: SliceLatency = { sumMs: 0, weight: 0, pairs: [] };

/** Off by 0.8 % of their value at most; null where nothing was timed. */
export interface Quantiles {
  readonly p50Ms: number | null;
  readonly p90Ms: number | null;
  readonly p99Ms: number | null;
  readonly p999Ms: number | null;
}

export function latencyBetween(earlier: SliceLatency | undefined, later: SliceLatency): SliceLatency {
  if (earlier === undefined || earlier.pairs.length === 0) return later;
  if (earlier.pairs === later.pairs) return NO_LATENCY;
  const weights = new Map<number, number>();
  addTo(weights, later.pairs, 1);
  addTo(weights, earlier.pairs, -1);
  return { sumMs: later.sumMs - earlier.sumMs, weight: later.weight - earlier.weight, pairs: pairsOf(weights) };
}

/** Several as one: histograms merge without further error. */
export function latencyOfAll(parts: readonly (SliceLatency | undefined)[]): SliceLatency {
  const filled = parts.filter((part) => part !== undefined && part.pairs.length > 0) as SliceLatency[];
  if (filled.length < 2) return filled[0] ?? NO_LATENCY;
  const weights = new Map<number, number>();
  let sumMs = 0;
  let weight = 0;
  for (const part of filled) {
    addTo(weights, part.pairs, 1);
    sumMs += part.sumMs;
    weight += part.weight;
  }
  return { sumMs, weight, pairs: pairsOf(weights) };
}

export function quantilesOf({ pairs, weight }: SliceLatency): Quantiles {
  const quantile = (share: number): number | null => {
    if (pairs.length === 0) return null;
    let left = share * weight;
    let at = 0;
    for (; at + 2 < pairs.length; at += 2) {
      left -= pairs[at + 1]!;
      if (left <= 0) break;
    }
    return middleMs(pairs[at]!);
  };
  return { p50Ms: quantile(0.5), p90Ms: quantile(0.9), p99Ms: quantile(0.99), p999Ms: quantile(0.999) };
}

function addTo(weights: Map<number, number>, pairs: ArrayLike<number>, sign: 1 | -1): void {
  for (let at = 0; at + 1 < pairs.length; at += 2) {
    weights.set(pairs[at]!, (weights.get(pairs[at]!) ?? 0) + sign * pairs[at + 1]!);
  }
}

function pairsOf(weights: ReadonlyMap<number, number>): number[] {
  return [...weights]
    .filter(([, weight]) => weight > 0)
    .sort(([one], [other]) => one - other)
    .flat();
}
