import {
  COMPARISONS,
  DECODE_FAULTS,
  FIELD,
  FILL_REFUSALS,
  FLUSH_REASONS,
  INVALIDATION_KINDS,
  PROCESS_FIELD,
  STALE_REASONS,
  STORE_OPERATIONS,
  TIERS,
} from './counter.fields.js';
import type { Comparison, DecodeFault, FillRefusal, InvalidationKind, StaleReason, Tier } from '../events.js';
import { LatencyHistogram } from './latency.histogram.js';
import type { MetricsSlice } from './metrics.slice.js';
import type { L1Usage, MetricsSnapshot } from './metrics.snapshot.js';
import { WINDOWS, type MetricsWindow } from './slice.ring.js';
import type { TopKey } from './top-keys.sketch.js';

/** Rates are in percent; rates and durations are null where nothing was asked or timed. */
export interface RequestStats {
  /** Reads that were answered or failed: hits + misses. */
  readonly requests: number;
  /** Answered from L1 (a load or read that another caller had begun included), L2, or by a stale value. */
  readonly hits: number;
  /** The loader ran for it, nothing was cached for a plain `get`, or it ended in an error. */
  readonly misses: number;
  readonly hitRate: number | null;
  readonly missRate: number | null;
  /** All answers; those of a tier weigh by their exact number, not by how many were timed. */
  readonly avgResponseTimeMs: number | null;
  readonly requestsPerSecond: number;
  /** The exact number of answers by where they came from, and their mean. */
  readonly tiers: Readonly<Record<Tier, { readonly count: number; readonly avgMs: number | null }>>;
}

/** Off by 0.8 % of their value at most, beside the sampling of L1 hits (every 64th is timed). */
export interface LatencyStats {
  readonly p50Ms: number | null;
  readonly p90Ms: number | null;
  readonly p99Ms: number | null;
  readonly p999Ms: number | null;
}

export interface WorkStats {
  /** Callers that shared another's load or read. */
  readonly coalesced: number;
  readonly loads: { readonly count: number; readonly failed: number; readonly avgMs: number | null };
  readonly fills: {
    readonly count: number;
    readonly bodyBytes: number;
    readonly storedBytes: number;
    /** Stored bytes of a byte of value, stamp and all; null where nothing was filled. */
    readonly compressionRatio: number | null;
    readonly refused: Readonly<Record<FillRefusal, number>>;
  };
  readonly staleServed: Readonly<Record<StaleReason, number>>;
  readonly decodeErrors: Readonly<Record<DecodeFault, number>>;
  /** Cached values that were compared with their source, and the mean age of those that differed. */
  readonly consistency: Readonly<Record<Comparison, number>> & { readonly mismatchAvgAgeMs: number | null };
}

export interface SliceStats extends RequestStats, LatencyStats, WorkStats {
  /** How long was counted. */
  readonly seconds: number;
}

export interface EntryStats extends RequestStats, WorkStats {
  readonly windows: Readonly<Record<MetricsWindow['name'], RequestStats>>;
}

export interface CacheStats extends SliceStats {
  /** Since the start; older than an hour weighs half, and so on. */
  readonly topHitKeys: readonly TopKey[];
  readonly topMissKeys: readonly TopKey[];
  readonly invalidations: Readonly<Record<InvalidationKind, { readonly applied: number; readonly queued: number }>>;
  readonly invalidationsReceived: number;
  readonly flushes: Readonly<Record<(typeof FLUSH_REASONS)[number], number>>;
  readonly storeFaults: Readonly<Record<(typeof STORE_OPERATIONS)[number], number>>;
  /** How often the connection to the store was lost. */
  readonly connectionFailures: number;
  readonly breakerOpened: number;
  readonly l1: L1Usage;
  readonly windows: Readonly<Record<MetricsWindow['name'], SliceStats>>;
  readonly entries: Readonly<Record<string, EntryStats>>;
}

/** The figures that people read, out of what was counted. `requestsPerSecond` is that of the last minute. */
export function statsOf(snapshot: MetricsSnapshot): CacheStats {
  const { total, windows } = snapshot;
  const of = (name: string, slice: MetricsSlice): ArrayLike<number> => slice.entries[name] ?? [];
  const perEntry = Object.keys(total.entries).map((name): [string, EntryStats] => [
    name,
    {
      ...requestStats(of(name, total), total.seconds),
      requestsPerSecond: requestStats(of(name, windows['1m']), windows['1m'].seconds).requestsPerSecond,
      ...workStats(of(name, total)),
      windows: byWindow((window) => requestStats(of(name, windows[window]), windows[window].seconds)),
    },
  ]);
  const { process } = total;
  return {
    ...sliceStats(total),
    requestsPerSecond: sliceStats(windows['1m']).requestsPerSecond,
    topHitKeys: snapshot.topHitKeys,
    topMissKeys: snapshot.topMissKeys,
    invalidations: byName(INVALIDATION_KINDS, (kind) => ({
      applied: at(process, PROCESS_FIELD.applied[kind]),
      queued: at(process, PROCESS_FIELD.queued[kind]),
    })),
    invalidationsReceived: at(process, PROCESS_FIELD.single.received),
    flushes: byName(FLUSH_REASONS, (reason) => at(process, PROCESS_FIELD.flushes[reason])),
    storeFaults: byName(STORE_OPERATIONS, (operation) => at(process, PROCESS_FIELD.faults[operation])),
    connectionFailures: at(process, PROCESS_FIELD.single.storeLost),
    breakerOpened: at(process, PROCESS_FIELD.single.breakerOpened),
    l1: snapshot.l1,
    windows: byWindow((window) => sliceStats(windows[window])),
    entries: Object.fromEntries(perEntry),
  };
}

function sliceStats(slice: MetricsSlice): SliceStats {
  const sums = sumOf(Object.values(slice.entries));
  return {
    seconds: slice.seconds,
    ...requestStats(sums, slice.seconds),
    ...latencyStats(slice),
    ...workStats(sums),
  };
}

function requestStats(counters: ArrayLike<number>, seconds: number): RequestStats {
  const tiers = byName(TIERS, (tier) => ({
    count: at(counters, FIELD.answers[tier]),
    avgMs: ratio(at(counters, FIELD.timedMs[tier]), at(counters, FIELD.timedWeight[tier])),
  }));
  const misses = tiers.MISS.count;
  const hits = tiers.L1.count + tiers.L2.count + tiers.STALE.count;
  const requests = hits + misses;
  // What failed was never answered, and a tier that was never timed has nothing to say.
  const timed = Object.values(tiers).filter(({ avgMs }) => avgMs !== null);
  const timedMs = timed.reduce((sum, { count, avgMs }) => sum + count * avgMs!, 0);
  const timedCount = timed.reduce((sum, { count }) => sum + count, 0);
  return {
    requests,
    hits,
    misses,
    hitRate: percent(hits, requests),
    missRate: percent(misses, requests),
    avgResponseTimeMs: ratio(timedMs, timedCount),
    requestsPerSecond: seconds > 0 ? requests / seconds : 0,
    tiers,
  };
}

function latencyStats({ latency }: MetricsSlice): LatencyStats {
  const all = new LatencyHistogram();
  for (const { pairs, sumMs } of latency) all.addPairs(pairs, sumMs);
  return {
    p50Ms: all.quantile(0.5),
    p90Ms: all.quantile(0.9),
    p99Ms: all.quantile(0.99),
    p999Ms: all.quantile(0.999),
  };
}

function workStats(counters: ArrayLike<number>): WorkStats {
  const { single } = FIELD;
  const bodyBytes = at(counters, single.fillBodyBytes);
  const storedBytes = at(counters, single.fillStoredBytes);
  return {
    coalesced: at(counters, single.coalesced),
    loads: {
      count: at(counters, single.loads),
      failed: at(counters, single.loadFailures),
      avgMs: ratio(at(counters, single.loadMs), at(counters, single.loads)),
    },
    fills: {
      count: at(counters, single.fills),
      bodyBytes,
      storedBytes,
      compressionRatio: ratio(storedBytes, bodyBytes),
      refused: byName(FILL_REFUSALS, (reason) => at(counters, FIELD.refused[reason])),
    },
    staleServed: byName(STALE_REASONS, (reason) => at(counters, FIELD.stale[reason])),
    decodeErrors: byName(DECODE_FAULTS, (fault) => at(counters, FIELD.decode[fault])),
    consistency: {
      ...byName(COMPARISONS, (result) => at(counters, FIELD.compared[result])),
      mismatchAvgAgeMs: ratio(at(counters, single.mismatchAgeMs), at(counters, FIELD.compared.mismatch)),
    },
  };
}

function sumOf(parts: readonly ArrayLike<number>[]): number[] {
  const length = Math.max(0, ...parts.map((part) => part.length));
  return Array.from({ length }, (_none, index) => parts.reduce((sum, part) => sum + at(part, index), 0));
}

function byName<Name extends string, T>(names: readonly Name[], of: (name: Name) => T): Record<Name, T> {
  return Object.fromEntries(names.map((name) => [name, of(name)])) as Record<Name, T>;
}

function byWindow<T>(of: (name: MetricsWindow['name']) => T): Record<MetricsWindow['name'], T> {
  return byName(
    WINDOWS.map(({ name }) => name),
    of,
  );
}

function at(counters: ArrayLike<number>, index: number): number {
  return counters[index] ?? 0;
}

function ratio(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}

function percent(part: number, whole: number): number | null {
  return whole > 0 ? (part / whole) * 100 : null;
}
