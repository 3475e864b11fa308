/**
 * The caches that the races compare, each set up as its own documentation does: two tiers, and a bus where it has one.
 * A peer reads through the cache with a loader, and invalidates a key or, where it can, a tag.
 *
 * They are imported when they are opened: a process holds the one that it tests and no other.
 */
const TTL_MS = 300_000;

/** What was only `queued`, because Redis did not answer in time, is not yet promised to anybody. */
async function acknowledged(invalidate) {
  const { status } = await invalidate();
  if (status !== 'applied') throw new Error(`the invalidation was ${status}`);
}

export const peers = {
  '@chaincache/cache': async (redisUrl) => {
    const { createCache } = await import('@chaincache/cache');
    const { redisTier } = await import('@chaincache/cache/redis');
    const { store, bus } = redisTier({ url: redisUrl });
    const cache = createCache({ store, bus });
    await cache.start();
    return {
      read: (key, tag, load) => cache.manager.getOrSet(key, load, { tags: tag === undefined ? [] : [tag] }),
      invalidateKey: (key) => acknowledged(() => cache.invalidator.invalidateKeys([key])),
      invalidateTag: (tag) => acknowledged(() => cache.invalidator.invalidateByTag(tag)),
    };
  },

  bentocache: async (redisUrl) => {
    const { BentoCache, bentostore } = await import('bentocache');
    const { memoryDriver } = await import('bentocache/drivers/memory');
    const { redisBusDriver, redisDriver } = await import('bentocache/drivers/redis');
    const { hostname: host, port } = new URL(redisUrl);
    const connection = { host, port: Number(port) };
    const store = bentostore()
      .useL1Layer(memoryDriver({ maxSize: '10mb' }))
      .useL2Layer(redisDriver({ connection }))
      .useBus(redisBusDriver({ connection }));
    const cache = new BentoCache({ default: 'tiers', ttl: TTL_MS, stores: { tiers: store } });
    return {
      read: (key, tag, load) => cache.getOrSet({ key, factory: load, ...(tag !== undefined && { tags: [tag] }) }),
      invalidateKey: (key) => cache.delete({ key }),
      invalidateTag: (tag) => cache.deleteByTag({ tags: [tag] }),
    };
  },

  cacheable: async (redisUrl) => {
    const { Cacheable } = await import('cacheable');
    const { default: KeyvRedis } = await import('@keyv/redis');
    const { RedisMessageProvider } = await import('@qified/redis');
    const secondary = new KeyvRedis(redisUrl);
    const sync = { qified: new RedisMessageProvider({ uri: redisUrl }) };
    const cache = new Cacheable({ secondary, sync, tags: true, ttl: TTL_MS });
    return {
      async read(key, tag, load) {
        if (tag === undefined) return cache.getOrSet(key, load);
        // Its getOrSet takes no tags.
        const cached = await cache.get(key);
        if (cached !== undefined) return cached;
        const value = await load();
        await cache.set(key, value, { tags: [tag] });
        return value;
      },
      invalidateKey: (key) => cache.delete(key),
      invalidateTag: (tag) => cache.tags.invalidateTag(tag),
    };
  },

  'cache-manager + @keyv/redis': async (redisUrl) => {
    const { createCache } = await import('cache-manager');
    const { Keyv } = await import('keyv');
    const { CacheableMemory } = await import('cacheable');
    const { default: KeyvRedis } = await import('@keyv/redis');
    const memory = new Keyv({ store: new CacheableMemory({ ttl: TTL_MS }) });
    const redis = new Keyv({ store: new KeyvRedis(redisUrl) });
    const cache = createCache({ stores: [memory, redis], ttl: TTL_MS });
    return {
      read: (key, _tag, load) => cache.wrap(key, load),
      invalidateKey: (key) => cache.del(key),
    };
  },

  'cache-manager + ioredis-yet': async (redisUrl) => {
    const { createCache } = await import('cache-manager');
    const { Keyv } = await import('keyv');
    const { redisStore } = await import('cache-manager-ioredis-yet');
    const { hostname: host, port } = new URL(redisUrl);
    const redis = await redisStore({ host, port: Number(port) });
    // Written for an earlier cache-manager: what Keyv asks of a store that it does not have.
    const store = { ...redis, delete: (key) => redis.del(key).then(() => true), clear: () => redis.reset() };
    const cache = createCache({ stores: [new Keyv(), new Keyv({ store })], ttl: TTL_MS });
    return {
      read: (key, _tag, load) => cache.wrap(key, load),
      invalidateKey: (key) => cache.del(key),
    };
  },
};
