import type { CacheStats, FleetStats, TopKey } from '@chaincache/cache';
import { maskKey } from '../catalog/key.mask.js';
import type { AlertStatus } from './alerts/alert.monitor.js';
import type { CacheState } from './cache.state.js';

/** What GET /api/cache/stats answers. */
export interface StatsView extends CacheStats {
  /** Which instance answers. */
  readonly instance: string;
  readonly store: { readonly state: 'up' | 'down' | 'none'; readonly breakerOpen: boolean };
  /** Null without Redis, or while it cannot be asked. */
  readonly redis: {
    readonly memoryUsedBytes: number;
    readonly memoryMaxBytes: number;
    readonly keys: number;
    readonly evictedKeys: number;
  } | null;
  /** Null while the database cannot be asked. */
  readonly outbox: { readonly pending: number; readonly oldestAgeMs: number } | null;
  /** Null without a bus, and before anything was heard of it. */
  readonly busSilenceMs: number | null;
  readonly alerts: readonly AlertStatus[];
  /** All instances together. */
  readonly fleet: FleetStats;
}

/** @param showKeys false: keys do not tell whose they are */
export async function statsView(
  own: CacheStats,
  fleet: FleetStats,
  state: CacheState,
  alerts: readonly AlertStatus[],
  instance: string,
  showKeys: boolean,
): Promise<StatsView> {
  const [redis, outbox] = await Promise.all([state.redis(), state.outbox()]);
  const silenceMs = state.busSilenceMs();
  const named = <T extends CacheStats>(stats: T): T => ({
    ...stats,
    topHitKeys: shown(stats.topHitKeys, showKeys),
    topMissKeys: shown(stats.topMissKeys, showKeys),
  });
  return {
    instance,
    ...named(own),
    store: { state: state.store(), breakerOpen: state.breakerOpen },
    redis: redis && {
      memoryUsedBytes: redis.usedBytes,
      memoryMaxBytes: redis.maxBytes,
      keys: redis.keys,
      evictedKeys: redis.evictedKeys,
    },
    outbox,
    busSilenceMs: silenceMs !== null && Number.isFinite(silenceMs) ? silenceMs : null,
    alerts,
    fleet: named(fleet),
  };
}

function shown(keys: readonly TopKey[], showKeys: boolean): readonly TopKey[] {
  return showKeys ? keys : keys.map((top) => ({ ...top, key: maskKey(top.key) }));
}
