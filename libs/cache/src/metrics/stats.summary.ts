import type { CacheStats, EntryStats, RequestStats, SliceStats, WorkStats } from './cache.stats.js';
import {
  COMPARISONS,
  DECODE_FAULTS,
  FIELD,
  FILL_REFUSALS,
  FLUSH_REASONS,
  INVALIDATION_KINDS,
  INVALIDATION_STATUSES,
  PROCESS_FIELD,
  STALE_REASONS,
  STORE_OPERATIONS,
  TIERS,
  WARM_OUTCOMES,
} from './counter.fields.js';
import { type EntrySlice, entrySliceOfAll, type MetricsSlice } from './metrics.slice.js';
import type { MetricsSnapshot } from './metrics.snapshot.js';
import { latencyOfAll, NO_LATENCY, quantilesOf } from './slice.latency.js';
import { WINDOWS, type MetricsWindow } from './slice.ring.js';

const NOTHING: EntrySlice = { counters: [], latency: [] };

/** The figures that people read, out of what was counted. `requestsPerSecond` is that of the last minute. */
export function statsOf(snapshot: MetricsSnapshot): CacheStats {
  const { total, windows } = snapshot;
  const { process } = total;
  const byWindowOfAll = byWindow((window) => sliceStats(windows[window]));
  return {
    ...sliceStats(total),
    requestsPerSecond: byWindowOfAll['1m'].requestsPerSecond,
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
    windows: byWindowOfAll,
    entries: Object.fromEntries(Object.keys(total.entries).map((name) => [name, entryStats(name, snapshot)])),
  };
}

function entryStats(name: string, { total, windows }: MetricsSnapshot): EntryStats {
  const of = (slice: MetricsSlice): EntrySlice => slice.entries[name] ?? NOTHING;
  const { counters } = of(total);
  const perWindow = byWindow((window) => requestStats(of(windows[window]), windows[window].seconds));
  return {
    ...requestStats(of(total), total.seconds),
    requestsPerSecond: perWindow['1m'].requestsPerSecond,
    ...workStats(counters),
    invalidations: byName(INVALIDATION_STATUSES, (status) => at(counters, FIELD.invalidated[status])),
    windows: perWindow,
  };
}

function sliceStats(slice: MetricsSlice): SliceStats {
  const all = entrySliceOfAll(Object.values(slice.entries));
  return { seconds: slice.seconds, ...requestStats(all, slice.seconds), ...workStats(all.counters) };
}

function requestStats({ counters, latency }: EntrySlice, seconds: number): RequestStats {
  const tiers = byName(TIERS, (tier) => ({
    count: at(counters, FIELD.answers[tier]),
    avgMs: ratio(at(counters, FIELD.timedMs[tier]), at(counters, FIELD.timedWeight[tier])),
    ...quantilesOf(latency[TIERS.indexOf(tier)] ?? NO_LATENCY),
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
    ...quantilesOf(latencyOfAll(latency)),
    requestsPerSecond: seconds > 0 ? requests / seconds : 0,
    tiers,
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
    warmed: byName(WARM_OUTCOMES, (outcome) => at(counters, FIELD.warmed[outcome])),
  };
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
