/** Fills both tiers and weighs what they hold: one contestant of `memory`. */
import { setTimeout as sleep } from 'node:timers/promises';
import { redisCommand } from '../../../tools/test-services.mjs';
import { openOurs } from '../ours.mjs';
import { openPeer } from '../peers.mjs';
import { collectGarbage, options, serve } from '../process.mjs';
import { fill } from '../reading.mjs';
import { LIFE_MS, idOf, keyOf, tagsOf, valueOf } from '../workload.mjs';

const { subject, redisUrl, entries, holds = 'objects', tagged = false, tags } = options;
const WEIGHED = 20_000;
const SETTLE_MS = 1_000;
const TRIES = 10;

/** Sizes vary evenly around 1 KB, so that nobody gains or loses by the steps in which allocators give memory. */
const textOf = (index) => JSON.stringify(valueOf(index, 896 + (index % 257)));
/** Of keys and bodies, of all entries that were loaded. */
let keyAndBodyBytes = 0;
let loads = 0;
/** Replaced by who can tell. */
let heldInMemory = () => entries;

/** As from a source: nothing in it is shared with other values. */
function load(index) {
  const text = textOf(index);
  loads += 1;
  keyAndBodyBytes += keyOf(idOf(index)).length + text.length;
  return JSON.parse(text);
}

/** Each gives `read(index)`. Nobody keeps the keys for them. */
const subjects = {
  async ours() {
    const { cache, entry } = await openOurs({ redisUrl, tags, staleness: '1h' });
    heldInMemory = () => cache.l1Usage().entries;
    return (index) => cache.manager.getOrSet(entry.ref({ id: idOf(index) }), () => load(index));
  },

  async least() {
    const { LRUCache } = await import('lru-cache');
    const { Redis } = await import('ioredis6');
    const memory = new LRUCache({ max: entries, ttl: LIFE_MS });
    const redis = new Redis(redisUrl);
    return async (index) => {
      const cached = memory.get(keyOf(idOf(index)));
      if (cached !== undefined) return cached;
      const value = load(index);
      memory.set(keyOf(idOf(index)), value);
      await redis.set(keyOf(idOf(index)), JSON.stringify(value), 'PX', LIFE_MS);
      return value;
    };
  },
};

async function peer() {
  const cache = await openPeer(subject, { redisUrl, items: 4 * entries });
  return (index) => {
    const id = idOf(index);
    return cache.read(keyOf(id), tagged ? tagsOf(id) : undefined, () => load(index));
  };
}

function heapBytes() {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function redisBytes() {
  const info = await redisCommand({ port: Number(new URL(redisUrl).port) }, 'INFO', 'memory');
  return Number(/^used_memory:(\d+)/m.exec(info)[1]);
}

/** What the values take by themselves, as objects or as the text that some caches hold in their place. */
function valueBytes() {
  const held = Array.from({ length: WEIGHED }, () => null);
  const before = heapBytes();
  for (const index of held.keys()) held[index] = holds === 'text' ? Buffer.from(textOf(index)).toString() : load(index);
  const after = heapBytes();
  return (after - before) / held.length;
}

/** Where a machine stops Redis for a while, our cache answers and keeps nothing: then everything is read again. */
async function allHeld(readAll) {
  for (let tries = 1; tries <= TRIES; tries += 1) {
    loads = 0;
    await readAll();
    if (loads === 0 && heldInMemory() >= entries) return;
  }
  throw new Error(`${loads} entries are not held`);
}

serve({
  /** @returns bytes of an entry */
  async fill() {
    const ownBytes = valueBytes();
    const read = await (subjects[subject] ?? peer)();
    await read(0);
    const [heapBefore, redisBefore] = [heapBytes(), await redisBytes()];
    [keyAndBodyBytes, loads] = [0, 0];
    const readAll = () => fill(entries - 1, (index) => read(index + 1));
    await readAll();
    const keysAndBodies = keyAndBodyBytes / loads;
    await allHeld(readAll);
    // Some hold the text until somebody wants the value.
    await readAll();
    await sleep(SETTLE_MS);
    const written = await redisBytes();
    const inMemory = (heapBytes() - heapBefore) / (entries - 1);
    if (heldInMemory() < entries) throw new Error('not everything was held when it was weighed');
    const inRedis = (written - redisBefore) / (entries - 1);
    return {
      'L1, all': inMemory,
      'L1, beyond the value': inMemory - ownBytes,
      'Redis, all': inRedis,
      'Redis, beyond key and body': inRedis - keysAndBodies,
    };
  },
});
