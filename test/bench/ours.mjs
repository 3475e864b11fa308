/** Our cache as its README says, with metrics on. */
import { CacheMetrics, Catalog, createCache, defineEntry } from '@chaincache/cache';
import { redisTier } from '@chaincache/cache/redis';
import { inUse } from '../check/workers.mjs';
import { LIFE_MS, TAG_TEMPLATES } from './workload.mjs';

/** Enough for everything that a scenario reads. */
const L1_BYTES = 1024 ** 3;

/** @returns the cache, in use, its one entry, whose parameter is `id`, and what counts */
export async function openOurs({
  redisUrl,
  pattern = 'item:{id}',
  tags = TAG_TEMPLATES,
  staleness = '5s',
  l1MaxBytes = L1_BYTES,
} = {}) {
  const entry = defineEntry()('item', pattern, { fresh: LIFE_MS, tags, staleness });
  const tier = redisUrl === undefined ? undefined : redisTier({ url: redisUrl });
  const cache = createCache({ catalog: new Catalog([entry]), store: tier?.store, bus: tier?.bus, l1MaxBytes });
  const metrics = CacheMetrics.of(cache);
  await cache.start();
  if (tier !== undefined) await inUse(tier, cache);
  return { cache, entry, metrics };
}
