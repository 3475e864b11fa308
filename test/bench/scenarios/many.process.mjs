/** Reads a hundred keys at once: one contestant of `many-l2`. */
import { busierPerSecond } from '../busier.mjs';
import { openOurs } from '../ours.mjs';
import { openPeer } from '../peers.mjs';
import { options, serve } from '../process.mjs';
import { collectGarbageAmidst, fill, measureAgain, warmUpAgain } from '../reading.mjs';
import { Source } from '../source.mjs';
import { KEYS, LIFE_MS, idOf, keyOf, random, valueOf } from '../workload.mjs';

const { subject, peer, redisUrl, tiers, atOnce, inFlight } = options;
const ids = Array.from({ length: KEYS }, (_none, index) => idOf(index));
const indexOf = new Map(ids.map((id, index) => [keyOf(id), index]));
const keys = ids.map(keyOf);
const source = new Source(valueOf);
let readMany;
let refill;

/** Each gives `write(index)`, awaited before anything is read, and `readMany(indexes)`. */
const subjects = {
  async ours() {
    const { cache, entry } = await openOurs({ redisUrl });
    const refs = ids.map((id) => entry.ref({ id }));
    const loadMany = (missing) => missing.map(({ key }) => source.load(indexOf.get(key)));
    return {
      write: (index) => cache.manager.getOrSet(refs[index], () => source.load(index)),
      async readMany(indexes) {
        const asked = indexes.map((index) => refs[index]);
        const results = await cache.manager.getOrSetMany(asked, loadMany, { mode: 'L2' });
        return results.map(({ value }) => value);
      },
    };
  },

  async peer() {
    const cache = await openPeer(peer, { redisUrl, tiers });
    return {
      write: (index) => cache.read(keys[index], undefined, () => source.load(index)),
      readMany: (indexes) => cache.readMany(indexes.map((index) => keys[index])),
    };
  },

  async 'raw ioredis'() {
    const { Redis } = await import('ioredis6');
    const redis = new Redis(redisUrl);
    return {
      write: (index) => redis.set(keys[index], JSON.stringify(source.load(index)), 'PX', LIFE_MS),
      async readMany(indexes) {
        const cached = await redis.mget(indexes.map((index) => keys[index]));
        return cached.map((text) => JSON.parse(text));
      },
    };
  },
};

/** Distinct keys in one call, and different ones in the next. */
function* batches() {
  const next = random(42);
  for (;;) {
    const first = Math.floor(next() * KEYS);
    yield Array.from({ length: atOnce }, (_none, at) => (first + at * 97) % KEYS);
  }
}

async function measure(forMs) {
  const sequence = batches();
  let reads = 0;

  async function reader(until, pace) {
    do {
      const { value: indexes } = sequence.next();
      const values = await readMany(indexes);
      const right = values.every(({ serial }, at) => serial === indexes[at] + 1);
      if (!right) throw new Error('what was read is not what was written');
      reads += values.length;
      pace.note(reads);
    } while (performance.now() < until);
  }

  const perSecond = await busierPerSecond(redisUrl, async (pace) => {
    const until = performance.now() + forMs;
    await Promise.all(Array.from({ length: inFlight }, () => reader(until, pace)));
    return reads;
  });
  return { reads, perSecond };
}

serve({
  async warmUp({ forMs }) {
    const made = await subjects[subject]();
    ({ readMany } = made);
    refill = () => fill(KEYS, made.write);
    await refill();
    await measure(forMs);
  },

  collectGarbage: () => collectGarbageAmidst(measure),

  warmUpAgain: ({ forMs }) => warmUpAgain(measure, forMs),

  /** @returns values per second */
  round: ({ forMs }) => source.hitsOnly(() => measureAgain(measure, forMs), refill),
});
