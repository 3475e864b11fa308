import { ENTRY_FIELDS, PROCESS_FIELDS, TIERS } from './counter.fields.js';
import { LatencyHistogram } from './latency.histogram.js';

/** What was counted in some time: sums only, so that slices add up over instances and subtract over time. */
export interface MetricsSlice {
  readonly seconds: number;
  /** By entry, in the order of FIELD. */
  readonly entries: Readonly<Record<string, ArrayLike<number>>>;
  /** In the order of PROCESS_FIELD. */
  readonly process: ArrayLike<number>;
  /** How long callers waited, in the order of TIERS, for all entries together. */
  readonly latency: readonly SliceLatency[];
}

export interface SliceLatency {
  readonly sumMs: number;
  /** Bucket and weight in turn, as `LatencyHistogram.toPairs` gives them. */
  readonly pairs: ArrayLike<number>;
}

/** What was counted from one moment to a later one of the same process. */
export function sliceBetween(earlier: MetricsSlice, later: MetricsSlice): MetricsSlice {
  const entries: Record<string, Float64Array> = {};
  for (const [name, counters] of Object.entries(later.entries)) {
    entries[name] = difference(counters, earlier.entries[name]);
  }
  const latency = later.latency.map((after, tier) => {
    const before = earlier.latency[tier]!;
    if (after.pairs === before.pairs) return { sumMs: 0, pairs: [] };
    const histogram = new LatencyHistogram();
    histogram.addPairs(after.pairs, after.sumMs);
    histogram.addPairs(before.pairs, before.sumMs, -1);
    return { sumMs: histogram.sumMs, pairs: histogram.toPairs() };
  });
  return {
    seconds: later.seconds - earlier.seconds,
    entries,
    process: difference(later.process, earlier.process),
    latency,
  };
}

/** What several processes counted. Their times are not added: they counted side by side. */
export function sliceOfAll(slices: readonly MetricsSlice[]): MetricsSlice {
  const entries: Record<string, Float64Array> = {};
  const process = new Float64Array(PROCESS_FIELDS);
  for (const slice of slices) {
    for (const [name, counters] of Object.entries(slice.entries)) {
      addTo((entries[name] ??= new Float64Array(ENTRY_FIELDS)), counters);
    }
    addTo(process, slice.process);
  }
  const latency = TIERS.map((_tier, at) => {
    const histogram = new LatencyHistogram();
    for (const slice of slices) {
      const part = slice.latency[at];
      if (part !== undefined) histogram.addPairs(part.pairs, part.sumMs);
    }
    return { sumMs: histogram.sumMs, pairs: histogram.toPairs() };
  });
  return { seconds: Math.max(0, ...slices.map(({ seconds }) => seconds)), entries, process, latency };
}

function difference(later: ArrayLike<number>, earlier: ArrayLike<number> | undefined): Float64Array {
  return Float64Array.from(later, (value, at) => value - (earlier?.[at] ?? 0));
}

function addTo(sum: Float64Array, part: ArrayLike<number>): void {
  for (let at = 0; at < sum.length; at += 1) sum[at]! += part[at] ?? 0;
}
