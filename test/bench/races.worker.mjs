/** One process with one of the caches. It reads from a source that all processes share. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { monotonicMs, obey, workerOptions } from '../check/workers.mjs';
import { openPeer } from './peers.mjs';

const { peer, redisUrl, sourceUrl } = workerOptions();
const source = new Redis(sourceUrl);
let cache;

obey({
  async open() {
    cache = await openPeer(peer, { redisUrl });
  },

  /** Reads by the cache. The source is read at once, and answers late. */
  async read({ key, tag, answersAfterMs = 0 }) {
    const beganMs = monotonicMs();
    const value = await cache.read(key, tag === undefined ? undefined : [tag], async () => {
      const present = await source.get(`value:${key}`);
      await source.incr(`loads:${key}`);
      await sleep(answersAfterMs);
      return present ?? 'nothing';
    });
    return { value, waitedMs: monotonicMs() - beganMs };
  },

  invalidateKey: async ({ key }) => void (await cache.invalidateKey(key)),
  invalidateTag: async ({ tag }) => void (await cache.invalidateTag(tag)),
});
