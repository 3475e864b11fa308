import { randomBytes } from 'node:crypto';
import { createCache, type Cache, type CacheOptions } from '@chaincache/cache';
import { redisTier, type RedisTier, type RedisTierOptions } from '@chaincache/cache/redis';
import { sharedRedisUrl } from '../support/services.js';

/** Generous: the machine may be busy, and none of these tests is about time. */
const PATIENT = { commandTimeoutMs: 5_000, heartbeatMs: 100 };

/** Several instances of an application on one Redis, in one process: each has its own L1, connections and place on the bus. */
export class Instances {
  private readonly keyPrefix = `${randomBytes(4).toString('hex')}/`;
  private readonly caches: Cache[] = [];

  /** An instance that has reached its Redis. */
  async start(options: CacheOptions, redis: Partial<RedisTierOptions> = {}): Promise<Cache> {
    const tier = redisTier({ url: sharedRedisUrl(), keyPrefix: this.keyPrefix, ...PATIENT, ...redis });
    const cache = createCache({ ...options, store: tier.store, bus: tier.bus });
    this.caches.push(cache);
    await reached(tier);
    await cache.relayOutbox();
    return cache;
  }

  async stop(): Promise<void> {
    await Promise.all(this.caches.splice(0).map((cache) => cache.close()));
  }
}

/** Resolves when the tier can be used and has heard the bus. */
async function reached({ store, bus }: RedisTier): Promise<void> {
  await new Promise<void>((resolve) => {
    const stop = store.subscribe({ up: () => setImmediate(() => (stop(), resolve())), down: () => {} });
  });
  while (bus.silenceMs() === Infinity) await new Promise((resolve) => setTimeout(resolve, 2));
}
