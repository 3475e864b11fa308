import type { CacheState } from '../cache.state.js';
import type { ReadMetric, Sample } from './read.metric.js';

const MS = 1_000;

/** How things stand now, for Prometheus: the tiers, Redis, the bus, the outbox, the alerts. */
export function stateExposition(state: CacheState, alerts: () => ReadonlyMap<string, boolean>): ReadMetric[] {
  const gauge = (name: string, help: string, read: () => number | null | Promise<number | null>): ReadMetric => ({
    name,
    help,
    type: 'gauge',
    read: async () => only(await read()),
  });
  return [
    gauge('chaincache_l1_bytes', 'What the first tier holds.', () => state.l1().bytes),
    gauge('chaincache_l1_max_bytes', 'What the first tier may hold.', () => state.l1().maxBytes),
    gauge('chaincache_l1_entries', 'How many values the first tier holds.', () => state.l1().entries),
    gauge('chaincache_store_configured', '1 where there is a second tier.', () => Number(state.store() !== 'none')),
    gauge('chaincache_store_up', '1 while reads use the second tier; without one there is no sample.', () =>
      state.store() === 'none' ? null : Number(state.store() === 'up'),
    ),
    gauge('chaincache_store_breaker_open', '1 while nobody waits for the second tier.', () =>
      state.store() === 'none' ? null : Number(state.breakerOpen),
    ),
    gauge('chaincache_bus_silence_seconds', 'How long nothing was heard from the bus, heartbeats included.', () => {
      const silenceMs = state.busSilenceMs();
      return silenceMs === null ? null : silenceMs / MS;
    }),
    ...redisMetrics(state, gauge),
    gauge('chaincache_outbox_pending', 'Invalidations that wait to be applied, of all instances.', async () => {
      return (await state.outbox())?.pending ?? null;
    }),
    gauge('chaincache_outbox_oldest_age_seconds', 'How long the oldest of them has been waiting.', async () => {
      const backlog = await state.outbox();
      return backlog === null ? null : backlog.oldestAgeMs / MS;
    }),
    {
      name: 'chaincache_alert_firing',
      help: '1 while this instance itself raises the alert.',
      type: 'gauge',
      read: () => [...alerts()].map(([alert, firing]) => ({ labels: { alert }, value: Number(firing) })),
    },
  ];
}

function redisMetrics(
  state: CacheState,
  gauge: (name: string, help: string, read: () => Promise<number | null>) => ReadMetric,
): ReadMetric[] {
  return [
    gauge('chaincache_redis_memory_used_bytes', 'Memory that Redis uses; the sum over all primaries.', async () => {
      return (await state.redis())?.usedBytes ?? null;
    }),
    gauge('chaincache_redis_memory_max_bytes', 'Memory that Redis may use; 0 where no limit is set.', async () => {
      return (await state.redis())?.maxBytes ?? null;
    }),
    gauge('chaincache_redis_keys', 'Keys in Redis, of whomever they are.', async () => {
      return (await state.redis())?.keys ?? null;
    }),
    {
      name: 'chaincache_redis_evicted_keys_total',
      help: 'Keys that Redis evicted to make room.',
      type: 'counter',
      read: async () => only((await state.redis())?.evictedKeys ?? null),
    },
  ];
}

function only(value: number | null): readonly Sample[] {
  return value === null ? [] : [{ value }];
}
