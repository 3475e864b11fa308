import { ENTRY_FIELDS, PROCESS_FIELDS, TIERS } from './counter.fields.js';
import { latencyBetween, latencyOfAll, type SliceLatency } from './slice.latency.js';

/** What was counted in some time: sums only, so that slices add up over instances and subtract over time. */
export interface MetricsSlice {
  readonly seconds: number;
  readonly entries: Readonly<Record<string, EntrySlice>>;
  /** In the order of PROCESS_FIELD. */
  readonly process: ArrayLike<number>;
}

/** What was counted of one entry. */
export interface EntrySlice {
  /** In the order of FIELD. */
  readonly counters: ArrayLike<number>;
  /** How long callers waited, in the order of TIERS. */
  readonly latency: readonly SliceLatency[];
}

/** What was counted from one moment to a later one of the same process. */
export function sliceBetween(earlier: MetricsSlice, later: MetricsSlice): MetricsSlice {
  const entries: Record<string, EntrySlice> = {};
  for (const [name, after] of Object.entries(later.entries)) {
    const before = earlier.entries[name];
    entries[name] = {
      counters: difference(after.counters, before?.counters),
      latency: after.latency.map((latency, tier) => latencyBetween(before?.latency[tier], latency)),
    };
  }
  return { seconds: later.seconds - earlier.seconds, entries, process: difference(later.process, earlier.process) };
}

/** What several processes counted. Their times are not added: they counted side by side. */
export function sliceOfAll(slices: readonly MetricsSlice[]): MetricsSlice {
  const names = new Set(slices.flatMap(({ entries }) => Object.keys(entries)));
  const entries: Record<string, EntrySlice> = {};
  for (const name of names) {
    entries[name] = entrySliceOfAll(slices.map((slice) => slice.entries[name]).filter((entry) => entry !== undefined));
  }
  const process = sumOf(
    slices.map((slice) => slice.process),
    PROCESS_FIELDS,
  );
  return { seconds: Math.max(0, ...slices.map(({ seconds }) => seconds)), entries, process };
}

/** What was counted of several entries, or of one entry by several processes. */
export function entrySliceOfAll(parts: readonly EntrySlice[]): EntrySlice {
  return {
    counters: sumOf(
      parts.map(({ counters }) => counters),
      ENTRY_FIELDS,
    ),
    latency: TIERS.map((_tier, at) => latencyOfAll(parts.map(({ latency }) => latency[at]))),
  };
}

function difference(later: ArrayLike<number>, earlier: ArrayLike<number> | undefined): Float64Array {
  return Float64Array.from(later, (value, at) => value - (earlier?.[at] ?? 0));
}

function sumOf(parts: readonly ArrayLike<number>[], length: number): Float64Array {
  const sum = new Float64Array(length);
  for (const part of parts) for (let at = 0; at < length; at += 1) sum[at]! += part[at] ?? 0;
  return sum;
}
