import type {
  Comparison,
  DecodeFault,
  FillRefusal,
  InvalidationKind,
  InvalidationStatus,
  StaleReason,
  Tier,
  WarmOutcome,
} from '../events.js';
import type { FLUSH_REASONS, STORE_OPERATIONS } from './counter.fields.js';
import type { L1Usage } from './metrics.snapshot.js';
import type { Quantiles } from './slice.latency.js';
import type { MetricsWindow } from './slice.ring.js';
import type { TopKey } from './top-keys.sketch.js';

/** Rates are in percent; rates and durations are null where nothing was asked or timed. */
export interface RequestStats extends LatencyStats {
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
  /** By where the answers came from. */
  readonly tiers: Readonly<Record<Tier, TierStats>>;
}

/** Off by 0.8 % of their value at most, beside the sampling of L1 hits (every 64th is timed). */
export type LatencyStats = Quantiles;

/** The exact number of answers that came from one place, and how long they took. */
export interface TierStats extends LatencyStats {
  readonly count: number;
  readonly avgMs: number | null;
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
  /** Loads ahead of readers. `used`: what was warmed was read, by the process that warmed it, before it expired. */
  readonly warmed: Readonly<Record<WarmOutcome, number>>;
}

export interface SliceStats extends RequestStats, WorkStats {
  /** How long was counted. */
  readonly seconds: number;
}

export interface EntryStats extends RequestStats, WorkStats {
  /** Those of this instance that named its keys, tags or a part of them. One that named a namespace is none of these. */
  readonly invalidations: Readonly<Record<InvalidationStatus, number>>;
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
