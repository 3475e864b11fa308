/** One of two processes that share a cache: it reads until it sees that a key was invalidated, or it invalidates. */
import { setImmediate as turn } from 'node:timers/promises';
import { Redis } from 'ioredis6';
import { monotonicMs } from '../../check/workers.mjs';
import { openPeer } from '../peers.mjs';
import { options, serve } from '../process.mjs';

const { subject, redisUrl } = options;
/** No cache lags that long. */
const PATIENCE_MS = 15_000;
const CHANNEL = 'floor';

/** The least there can be: what is removed from Redis is published, and removed from a Map by who hears it. */
async function openFloor() {
  const held = new Map();
  const [redis, subscriber] = [new Redis(redisUrl), new Redis(redisUrl)];
  await subscriber.subscribe(CHANNEL);
  subscriber.on('message', (_channel, key) => held.delete(key));
  return {
    async read(key, _tags, load) {
      if (!held.has(key)) held.set(key, await load());
      return held.get(key);
    },
    invalidateKey: (key) => redis.pipeline().unlink(key).publish(CHANNEL, key).exec(),
  };
}

let cache;
const read = (key, value) => cache.read(key, undefined, () => value);

serve({
  async open() {
    cache = subject === 'floor' ? await openFloor() : await openPeer(subject, { redisUrl });
    // Some connect when they are first used.
    await read('first', 'value');
  },

  /** Has the key in memory, with what is now its old value. */
  hold: async ({ key }) => void (await read(key, 'old')),

  /** @returns when a read began that still gave the old value, the last one */
  async watch({ key }) {
    const beganAtMs = monotonicMs();
    let lastStaleAtMs = 0;
    for (;;) {
      const atMs = monotonicMs();
      if ((await read(key, 'new')) === 'new') return { lastStaleAtMs };
      if (atMs - beganAtMs > PATIENCE_MS) throw new Error('the invalidation was never seen');
      lastStaleAtMs = atMs;
      await turn();
    }
  },

  async invalidate({ key }) {
    const calledAtMs = monotonicMs();
    await cache.invalidateKey(key);
    return { calledAtMs };
  },
});
