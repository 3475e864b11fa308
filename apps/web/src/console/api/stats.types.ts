/** What `GET /api/cache/stats` and its stream answer, as far as the console shows it. Rates are in percent. */
export const TIERS = ['L1', 'L2', 'STALE', 'MISS'] as const;
export type Tier = (typeof TIERS)[number];

export const WINDOWS = ['1m', '5m', '1h'] as const;
export type WindowName = (typeof WINDOWS)[number];

export type View = 'fleet' | 'instance';

type Counts = Readonly<Record<string, number>>;

export interface RequestStats {
  readonly requests: number;
  readonly hits: number;
  readonly misses: number;
  readonly hitRate: number | null;
  readonly avgResponseTimeMs: number | null;
  readonly requestsPerSecond: number;
  readonly tiers: Readonly<Record<Tier, { readonly count: number; readonly avgMs: number | null }>>;
}

export interface WorkStats {
  readonly coalesced: number;
  readonly loads: { readonly count: number; readonly failed: number; readonly avgMs: number | null };
  readonly fills: {
    readonly count: number;
    readonly bodyBytes: number;
    readonly storedBytes: number;
    readonly compressionRatio: number | null;
    readonly refused: Counts;
  };
  readonly staleServed: Counts;
  readonly decodeErrors: Counts;
  readonly consistency: {
    readonly agree: number;
    readonly aged: number;
    readonly mismatch: number;
    readonly overtaken: number;
    readonly failed: number;
  };
}

export interface SliceStats extends RequestStats, WorkStats {
  readonly seconds: number;
  readonly p50Ms: number | null;
  readonly p90Ms: number | null;
  readonly p99Ms: number | null;
}

export interface EntryStats extends RequestStats, WorkStats {
  readonly windows: Readonly<Record<WindowName, RequestStats>>;
}

export interface TopKey {
  readonly key: string;
  readonly entry: string;
  readonly count: number;
}

export interface CacheStats extends SliceStats {
  readonly topHitKeys: readonly TopKey[];
  readonly topMissKeys: readonly TopKey[];
  readonly invalidations: Readonly<Record<string, { readonly applied: number; readonly queued: number }>>;
  readonly invalidationsReceived: number;
  readonly connectionFailures: number;
  readonly l1: { readonly bytes: number; readonly entries: number; readonly maxBytes: number };
  readonly windows: Readonly<Record<WindowName, SliceStats>>;
  readonly entries: Readonly<Record<string, EntryStats>>;
}

export interface InstanceStats {
  readonly instance: string;
  readonly uptimeSeconds: number;
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly hitRate: number | null;
  readonly avgResponseTimeMs: number | null;
  readonly l1Bytes: number;
}

export interface FleetStats extends CacheStats {
  readonly instances: readonly InstanceStats[];
  /** False while the other instances cannot be asked. */
  readonly complete: boolean;
}

export interface AlertStatus {
  readonly alert: string;
  readonly state: 'ok' | 'firing';
  readonly value: number | null;
  readonly threshold: number;
  readonly unit: 'percent' | 'ms' | 'connections';
  readonly summary: string;
  /** ISO 8601; null before it ever changed. */
  readonly since: string | null;
}

export interface StatsView extends CacheStats {
  /** Which instance answers. */
  readonly instance: string;
  readonly store: { readonly state: 'up' | 'down' | 'none'; readonly breakerOpen: boolean };
  readonly redis: {
    readonly memoryUsedBytes: number;
    /** 0: no limit is set. */
    readonly memoryMaxBytes: number;
    readonly keys: number;
    readonly evictedKeys: number;
  } | null;
  readonly outbox: { readonly pending: number; readonly oldestAgeMs: number } | null;
  readonly busSilenceMs: number | null;
  readonly alerts: readonly AlertStatus[];
  readonly fleet: FleetStats;
}

/** The last minute as it was at a moment; what the charts are drawn of. */
export interface HistoryPoint {
  /** Epoch ms. */
  readonly at: number;
  readonly hitRate: number | null;
  readonly avgMs: number | null;
  readonly p99Ms: number | null;
  readonly hitsPerSecond: number;
  readonly missesPerSecond: number;
}

/** What an event `stats` of the stream carries; the first one of a stream is called `open`. */
export interface StatsNews {
  /** The server's clock, epoch ms. */
  readonly at: number;
  readonly stats: StatsView;
  /** Of each entry's answers by the instance that answers, since its start; only a stream tells. */
  readonly entryP99Ms?: Readonly<Record<string, number | null>>;
}

export interface StreamOpening extends StatsNews {
  readonly scopes: readonly string[];
  /** What the instance that answers remembers of itself, oldest first. */
  readonly history: readonly HistoryPoint[];
}
