/** Fills both tiers and weighs what they hold: one contestant of `memory`. */
import { setTimeout as sleep } from 'node:timers/promises';
import { redisCommand } from '../../../tools/test-services.mjs';
import { openOurs } from '../ours.mjs';
import { openPeer } from '../peers.mjs';
import { collectGarbage, options, serve } from '../process.mjs';
import { fill } from '../reading.mjs';
import { LIFE_MS, idOf, keyOf, tagsOf, valueOf } from '../workload.mjs';

const { subject, redisUrl, entries, holds = 'objects', tagged = false, tags } = options;
const WEIGHED = Math.min(20_000, entries);
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

/**
 * Of one of our entries while its value is text: once it was read it shares a part with others, so that nobody can say what
 * the value takes. Without Redis, for nothing is told late then: in memory it is the same.
 */
async function unreadBytes() {
  const { cache, entry, metrics } = await openOurs({ tags });
  const read = (index) => cache.manager.getOrSet(entry.ref({ id: idOf(index) }), () => load(index));
  await read(0);
  const before = heapBytes();
  await fill(entries - 1, (index) => read(index + 1));
  const bytes = (heapBytes() - before) / (entries - 1);
  metrics.stop();
  await cache.close();
  return bytes;
}

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

/** Heap bytes of one of those that are made. */
function weigh(make) {
  const held = Array.from({ length: WEIGHED }, () => null);
  // Once for nothing: what is compiled and interned meanwhile is not theirs.
  for (const index of held.keys()) held[index] = make(index);
  held.fill(null);
  const before = heapBytes();
  for (const index of held.keys()) held[index] = make(index);
  const after = heapBytes();
  return (after - before) / held.length;
}

const flat = (text) => Buffer.from(text).toString();
/** A key by itself, and its value as the cache holds it when it is weighed: as an object, or as text. */
const keyBytes = () => weigh((index) => flat(keyOf(idOf(index))));
const valueBytes = () => weigh((index) => (holds === 'objects' ? load(index) : flat(textOf(index))));

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
    const ownBytes = keyBytes() + valueBytes();
    const unread = holds === 'text until read' ? await unreadBytes() : null;
    const read = await (subjects[subject] ?? peer)();
    await read(0);
    const [heapBefore, redisBefore] = [heapBytes(), await redisBytes()];
    [keyAndBodyBytes, loads] = [0, 0];
    await fill(entries - 1, (index) => read(index + 1));
    const keysAndBodies = keyAndBodyBytes / loads;
    // With the first one, which may be gone meanwhile as any other.
    const readAll = () => fill(entries, read);
    await allHeld(readAll);
    // Some hold the text until somebody wants the value.
    await readAll();
    await sleep(SETTLE_MS);
    const written = await redisBytes();
    const all = (heapBytes() - heapBefore) / (entries - 1);
    if (heldInMemory() < entries) throw new Error('not everything was held when it was weighed');
    const inRedis = (written - redisBefore) / (entries - 1);
    return {
      'L1, all': all,
      'L1, beyond key and value': (unread ?? all) - ownBytes,
      'Redis, all': inRedis,
      'Redis, beyond key and body': inRedis - keysAndBodies,
    };
  },
});
