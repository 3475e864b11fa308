/**
 * The caches of others that ours is compared with, each set up once and as its own documentation advises. `open` takes
 * `redisUrl` and which `tiers` are wanted, and gives
 *
 *     read(key, tags, load)   through the cache; `tags` may be undefined, and is not looked at by those without tags
 *     readMany(keys)          where it has that: what is cached, in the order of the keys
 *     invalidateKey(key), invalidateTag(tag)    the second where it has tags
 *
 * They are imported when they are opened: a process holds the one that it tests and no other.
 */
const TTL_MS = 3_600_000;
/** Room for all that a benchmark reads. */
const L1_ITEMS = 200_000;
const L1_SIZE = '1gb';

const addressOf = (redisUrl) => {
  const { hostname: host, port } = new URL(redisUrl);
  return { host, port: Number(port) };
};

/** What was only `queued`, because Redis did not answer in time, is not yet promised to anybody. */
async function acknowledged(invalidate) {
  const { status } = await invalidate();
  if (status !== 'applied') throw new Error(`the invalidation was ${status}`);
}

async function openChaincache({ redisUrl }) {
  const { createCache } = await import('@chaincache/cache');
  const { redisTier } = await import('@chaincache/cache/redis');
  const { store, bus } = redisUrl === undefined ? {} : redisTier({ url: redisUrl });
  const cache = createCache({ store, bus });
  await cache.start();
  return {
    read: (key, tags = [], load) => cache.manager.getOrSet(key, load, { tags }),
    invalidateKey: (key) => acknowledged(() => cache.invalidator.invalidateKeys([key])),
    invalidateTag: (tag) => acknowledged(() => cache.invalidator.invalidateByTag(tag)),
  };
}

async function openBentoCache({ redisUrl, tiers, serialize = true, items = L1_ITEMS }) {
  const { BentoCache, bentostore } = await import('bentocache');
  const { memoryDriver } = await import('bentocache/drivers/memory');
  const { redisBusDriver, redisDriver } = await import('bentocache/drivers/redis');
  let store = bentostore();
  // It measures the size of what is serialized alone.
  const bounds = { maxItems: items, ...(serialize && { maxSize: L1_SIZE }) };
  if (tiers !== 'L2') store = store.useL1Layer(memoryDriver({ ...bounds, serialize }));
  if (tiers !== 'L1') store = store.useL2Layer(redisDriver({ connection: addressOf(redisUrl) }));
  if (tiers === 'both') store = store.useBus(redisBusDriver({ connection: addressOf(redisUrl) }));
  const cache = new BentoCache({ default: 'tiers', ttl: TTL_MS, stores: { tiers: store } });
  return {
    read: (key, tags, load) => cache.getOrSet({ key, factory: load, tags }),
    invalidateKey: (key) => cache.delete({ key }),
    invalidateTag: (tag) => cache.deleteByTag({ tags: [tag] }),
  };
}

async function openCacheable({ redisUrl, tiers }) {
  const { Cacheable } = await import('cacheable');
  const { Keyv } = await import('keyv');
  const { default: KeyvRedis } = await import('@keyv/redis');
  const { RedisMessageProvider } = await import('@qified/redis');
  const redis = tiers === 'L1' ? undefined : new KeyvRedis(redisUrl);
  const cache = new Cacheable({
    ttl: TTL_MS,
    tags: true,
    ...(tiers === 'L2' && { primary: new Keyv({ store: redis }) }),
    ...(tiers === 'both' && { secondary: redis, sync: { qified: new RedisMessageProvider({ uri: redisUrl }) } }),
  });
  return {
    async read(key, tags, load) {
      if (tags === undefined) return cache.getOrSet(key, load);
      // Its getOrSet takes no tags.
      const cached = await cache.get(key);
      if (cached !== undefined) return cached;
      const value = await load();
      await cache.set(key, value, { tags });
      return value;
    },
    readMany: (keys) => cache.getMany(keys),
    invalidateKey: (key) => cache.delete(key),
    invalidateTag: (tag) => cache.tags.invalidateTag(tag),
  };
}

/** In memory its own default store, which shares objects and has no bound, unless a `bounded` one is asked for. */
async function openCacheManager({ tiers, bounded = tiers === 'both', items = L1_ITEMS }, redisStore) {
  const { createCache } = await import('cache-manager');
  const { Keyv } = await import('keyv');
  const { createKeyv } = await import('cacheable');
  const stores = [];
  if (bounded) stores.push(createKeyv({ ttl: TTL_MS, lruSize: items }));
  if (tiers !== 'L1') stores.push(new Keyv({ store: await redisStore() }));
  const cache = createCache({ ttl: TTL_MS, ...(stores.length > 0 && { stores }) });
  return {
    read: (key, _tags, load) => cache.wrap(key, load),
    readMany: (keys) => cache.mget(keys),
    invalidateKey: (key) => cache.del(key),
  };
}

async function keyvRedis(redisUrl) {
  const { default: KeyvRedis } = await import('@keyv/redis');
  return new KeyvRedis(redisUrl);
}

async function ioredisYet(redisUrl) {
  const { redisStore } = await import('cache-manager-ioredis-yet');
  const redis = await redisStore(addressOf(redisUrl));
  // Written for an earlier cache-manager: what Keyv asks of a store that it does not have.
  return { ...redis, delete: (key) => redis.del(key).then(() => true), clear: () => redis.reset() };
}

const CACHE_MANAGER = '`wrap`; memory by `createKeyv` of cacheable, as its README advises';

/** In the order of tables. `packages` are those whose versions a result states; `hasTags`: it can invalidate by tag. */
export const peers = {
  '@chaincache/cache': { packages: [], hasTags: true, settings: 'plain keys, defaults', open: openChaincache },
  bentocache: {
    packages: ['bentocache'],
    hasTags: true,
    settings: 'its default drivers; memory serialized, which is its default',
    open: openBentoCache,
  },
  cacheable: {
    packages: ['cacheable', '@keyv/redis'],
    hasTags: true,
    settings: '`getOrSet` without tags; with tags `get` and `set`, for its `getOrSet` takes none',
    open: openCacheable,
  },
  'cache-manager + @keyv/redis': {
    packages: ['cache-manager', '@keyv/redis'],
    hasTags: false,
    settings: CACHE_MANAGER,
    open: (options) => openCacheManager(options, () => keyvRedis(options.redisUrl)),
  },
  'cache-manager + ioredis-yet': {
    packages: ['cache-manager', 'cache-manager-ioredis-yet'],
    hasTags: false,
    settings: CACHE_MANAGER,
    open: (options) => openCacheManager(options, () => ioredisYet(options.redisUrl)),
  },
};

/** @param {{ redisUrl?: string, tiers?: 'L1' | 'L2' | 'both' }} options `both` unless said */
export const openPeer = (name, { tiers = 'both', ...options }) => peers[name].open({ tiers, ...options });
