/** Invalidates what many entries share: one contestant of `invalidate-tag` or `invalidate-prefix`. */
import { Redis } from 'ioredis6';
import { Catalog, createCache, defineEntry } from '@chaincache/cache';
import { redisTier } from '@chaincache/cache/redis';
import { inUse, median } from '../../check/workers.mjs';
import { openPeer } from '../peers.mjs';
import { options, serve } from '../process.mjs';
import { LIFE_MS } from '../workload.mjs';

const { redisUrl, subject, what, sizes, peer } = options;
const redis = new Redis(redisUrl);

/** Writes what stands under one key under many others, too. */
const COPY = `
local text = redis.call('GET', KEYS[1])
for id = ARGV[2], ARGV[3] do redis.call('SET', ARGV[1] .. string.format('%.0f', id), text, 'PX', ARGV[4]) end
`;
const COPIED_AT_ONCE = 5_000;
const UNLINKED_AT_ONCE = 1_000;
/** Cheap ones are repeated within a round. Those that remove entries have to write them again after each. */
const REPEATED = 51;
const BODY = { text: 'x'.repeat(64) };

const prefixOf = (size) => `of${size}:`;
const tagOf = (size) => `all-of${size}`;

async function copyToAll(size, prefix = prefixOf(size)) {
  for (let id = 1; id <= size; id += COPIED_AT_ONCE) {
    const last = Math.min(size, id + COPIED_AT_ONCE - 1);
    await redis.eval(COPY, 1, `${prefix}1`, prefix, id, last, LIFE_MS);
  }
}

/** Each gives `fill(size)`, `invalidate(size)` and, where it is cheap to put back what it took, `restore(size)`. */
const subjects = {
  async ours() {
    const entries = new Map(
      sizes.map((size) => [
        size,
        defineEntry()(`of ${size}`, `${prefixOf(size)}{id}`, { fresh: LIFE_MS, tags: [tagOf(size)], jitter: 0 }),
      ]),
    );
    const tier = redisTier({ url: redisUrl });
    const cache = createCache({ catalog: new Catalog([...entries.values()]), store: tier.store, bus: tier.bus });
    await cache.start();
    await inUse(tier, cache);
    const versions = new Map();
    const versionKey = (size) => `_v:${what === 'tag' ? tagOf(size) : prefixOf(size)}`;
    const isCached = async (size) => {
      const ref = entries.get(size).ref({ id: String(1 + Math.floor(Math.random() * size)) });
      return (await cache.manager.get(ref, { mode: 'L2' })) !== undefined;
    };
    return {
      async fill(size) {
        await cache.manager.getOrSet(entries.get(size).ref({ id: '1' }), () => BODY);
        await copyToAll(size);
        versions.set(size, await redis.getBuffer(versionKey(size)));
        if (!(await isCached(size))) throw new Error('an entry is missing');
      },
      async invalidate(size) {
        const { status } = await (what === 'tag'
          ? cache.invalidator.invalidateByTag(tagOf(size))
          : cache.invalidator.invalidateByPattern(`${prefixOf(size)}*`));
        if (status !== 'applied') throw new Error(`the invalidation was ${status}`);
      },
      async restore(size) {
        if (await isCached(size)) throw new Error('an entry is still there');
        await redis.set(versionKey(size), versions.get(size), 'PX', LIFE_MS);
      },
    };
  },

  async peer() {
    const cache = await openPeer(peer, { redisUrl });
    return {
      async fill(size) {
        await cache.read(`${prefixOf(size)}1`, [tagOf(size)], () => BODY);
        const [written] = await redis.keys(`*${prefixOf(size)}1`);
        await copyToAll(size, written.slice(0, -1));
      },
      invalidate: (size) => cache.invalidateTag(tagOf(size)),
      restore: async () => {},
    };
  },

  async members() {
    return {
      async fill(size) {
        await redis.set(`${prefixOf(size)}1`, JSON.stringify(BODY), 'PX', LIFE_MS);
        await copyToAll(size);
        const keys = Array.from({ length: size }, (_none, index) => `${prefixOf(size)}${index + 1}`);
        for (const some of chunks(keys)) await redis.sadd(`_members:${tagOf(size)}`, some);
      },
      async invalidate(size) {
        const keys = await redis.smembers(`_members:${tagOf(size)}`);
        await Promise.all(chunks(keys).map((some) => redis.unlink(some)));
        await redis.unlink(`_members:${tagOf(size)}`);
      },
    };
  },

  async scan() {
    return {
      async fill(size) {
        await redis.set(`${prefixOf(size)}1`, JSON.stringify(BODY), 'PX', LIFE_MS);
        await copyToAll(size);
      },
      async invalidate(size) {
        let cursor = '0';
        do {
          const [next, keys] = await redis.scan(cursor, 'MATCH', `${prefixOf(size)}*`, 'COUNT', UNLINKED_AT_ONCE);
          if (keys.length > 0) await redis.unlink(keys);
          cursor = next;
        } while (cursor !== '0');
      },
    };
  },
};

function chunks(keys) {
  const count = Math.ceil(keys.length / UNLINKED_AT_ONCE);
  return Array.from({ length: count }, (_none, at) => keys.slice(at * UNLINKED_AT_ONCE, (at + 1) * UNLINKED_AT_ONCE));
}

let contestant;

async function timed(size) {
  const began = performance.now();
  await contestant.invalidate(size);
  const tookMs = performance.now() - began;
  await (contestant.restore ?? contestant.fill)(size);
  return tookMs;
}

async function medianOf(size) {
  const times = [];
  const repeats = contestant.restore === undefined ? 1 : REPEATED;
  for (let repeat = 0; repeat < repeats; repeat += 1) times.push(await timed(size));
  return median(times);
}

serve({
  async warmUp() {
    contestant = await subjects[subject]();
    for (const size of sizes) await contestant.fill(size);
    await medianOf(sizes[0]);
  },

  /** @returns the median time of an invalidation, ms */
  round: ({ size }) => medianOf(size),
});
