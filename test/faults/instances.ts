import { randomBytes } from 'node:crypto';
import { createCache, type Cache, type CacheOptions } from '@chaincache/cache';
import { redisTier, type RedisTierOptions } from '@chaincache/cache/redis';
import { sharedRedisUrl } from '../support/services.js';
import { whole } from '../support/redis-tier.subject.js';

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
    await whole(tier);
    await cache.relayOutbox();
    return cache;
  }

  async stop(): Promise<void> {
    await Promise.all(this.caches.splice(0).map((cache) => cache.close()));
  }
}
