import { scenario, withinAcross } from '../scenario.mjs';

const PROCESS = new URL('./hit.process.mjs', import.meta.url);
const NEIGHBOUR = new URL('./neighbour.process.mjs', import.meta.url);
const SMALL_VALUE_BYTES = 256;
/** For a million of those. */
const ROOM_BYTES = 2 * 1024 ** 3;

/** Explicit tags, so that with those that every entry has it carries so many. The key has no `:`, and so no prefixes. */
const tagsInAll = (count) => ({
  pattern: 'item{id}',
  tags: Array.from({ length: count - 1 }, (_none, index) => `tag${index}:{id}`),
});

/** The time of a hit in one process, while others share its Redis. */
const hitting =
  (options, { neighbours = null } = {}) =>
  async (arena) => {
    const redisUrl = neighbours === null ? undefined : (await arena.redis()).url;
    const process = await arena.load(PROCESS, {
      subject: 'ours',
      staleness: '1h',
      l1MaxBytes: ROOM_BYTES,
      ...options,
      redisUrl,
    });
    await process.ask('warmUp', { forMs: arena.warmUpMs / 2 });
    for (let index = 0; index < (neighbours ?? 0); index += 1) {
      const neighbour = await arena.aside(NEIGHBOUR, { redisUrl });
      await neighbour.ask('open');
    }
    return {
      async round() {
        const [forMs, warmUpAgainMs] = [arena.roundMs / 2, arena.warmUpAgainMs / 2];
        const perSecond = await process.ask('round', { forMs, warmUpAgainMs, again: true });
        return 1e9 / perSecond;
      },
    };
  };

const point = (settings, start, fullOnly = false) => ({ role: 'ours', settings, start, fullOnly });
/** What the machine allows at this size: as much is looked up in a table and read, and nothing else is done. */
const limitAt = (keys) => ({
  role: 'remark',
  settings: '`get` with a ttl behind an async function, the same values',
  beside: nameOf('keys', keys),
  start: hitting({ subject: 'lru-cache', keys, valueBytes: SMALL_VALUE_BYTES }),
});
const count = (number) => number.toLocaleString('en').replaceAll(',', ' ');
const nameOf = (axis, value) => `${count(value)} ${axis}`;

const axes = {
  keys: {
    title: 'keys, read by zipf; below it lru-cache',
    points: [1_000, 10_000, 100_000, 1_000_000],
    quick: [1_000, 100_000],
    at: (keys) => hitting({ keys, valueBytes: SMALL_VALUE_BYTES }),
    settings: `values of ${SMALL_VALUE_BYTES} B, 3 tags`,
  },
  tags: {
    title: 'tags of an entry, the one that all have included',
    points: [1, 3, 6, 12],
    quick: [1, 12],
    at: (tags) => hitting(tagsInAll(tags)),
    settings: '10 000 keys, 1 KB',
  },
  KB: {
    title: 'KB of a value',
    points: [1, 4, 16, 64],
    quick: [1, 16],
    at: (kilobytes) => hitting({ keys: 1_000, valueBytes: kilobytes * 1_024 }),
    settings: '1 000 keys, 3 tags',
  },
  instances: {
    title: 'instances that share a Redis, each other one invalidating 20 keys a second',
    points: [1, 2, 4, 8],
    quick: [1, 2],
    at: (instances) => hitting({ keys: 1_000 }, { neighbours: instances - 1 }),
    settings: '1 000 keys, 1 KB, 3 tags, S of an hour',
  },
};

const contestants = Object.fromEntries(
  Object.entries(axes).flatMap(([axis, { points, quick, at, settings }]) =>
    points.map((value) => [nameOf(axis, value), point(settings, at(value), !quick.includes(value))]),
  ),
);
const ours = Object.keys(contestants);
const limitOf = (keys) => `lru-cache, ${nameOf('keys', keys)}`;
for (const keys of axes.keys.points) contestants[limitOf(keys)] = limitAt(keys);

export default scenario({
  name: 'growth',
  title: 'L1 hit as things grow',
  figures: { hit: { unit: 'ns', better: 'lower' } },
  contestants,
  goals: [
    ...Object.entries(axes).map(([axis, { points }]) =>
      withinAcross(
        2,
        points.map((value) => nameOf(axis, value)),
        axis,
      ),
    ),
    withinAcross(2, ours),
  ],
  curves: Object.entries(axes).map(([axis, { title, points }]) => ({
    title,
    points: points.map((value) => ({
      label: count(value),
      contestant: nameOf(axis, value),
      ...(axis === 'keys' && { beside: limitOf(value) }),
    })),
  })),
  bounds: `Processor caches: with more keys each hit finds less of what it needs there, in any cache. What lru-cache takes at the
same sizes stands beside: it is what the machine's memory costs, and where it grows, so does every cache on it. Of a million keys
the sequence reads some 40 000 different ones, each of which lies in pages of its own. Tags are compared
only where something was invalidated since; values are handed out as they are, so that their size does not matter; other
instances are heard in a message for each invalidation.`,
});
