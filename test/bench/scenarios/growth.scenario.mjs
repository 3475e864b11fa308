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
      warmUpAgain: () => process.ask('warmUpAgain', { forMs: arena.warmUpAgainMs / 2, all: true }),
      round: async () => 1e9 / (await process.ask('round', { forMs: arena.visitMs / 2 })),
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
    points: [1, 4, 12],
    quick: [1, 12],
    at: (tags) => hitting(tagsInAll(tags)),
    settings: '10 000 keys, 1 KB',
  },
  KB: {
    title: 'KB of a value',
    points: [1, 8, 64],
    quick: [1, 8],
    at: (kilobytes) => hitting({ keys: 1_000, valueBytes: kilobytes * 1_024 }),
    settings: '1 000 keys, 3 tags',
  },
  instances: {
    title: 'instances that share a Redis, each other one invalidating 20 keys a second',
    points: [1, 3, 8],
    quick: [1, 3],
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
const floorOf = (keys) => `array, ${nameOf('keys', keys)}`;
/** What the values themselves take: nothing is looked up. */
const floorAt = (keys) => ({
  role: 'remark',
  settings: 'the same values in an array, behind an async function',
  beside: nameOf('keys', keys),
  start: hitting({ subject: 'array', keys, valueBytes: SMALL_VALUE_BYTES }),
});
const limitOf = (keys) => `lru-cache, ${nameOf('keys', keys)}`;
for (const keys of axes.keys.points) contestants[limitOf(keys)] = limitAt(keys);
for (const keys of [axes.keys.points.at(0), axes.keys.points.at(-1)]) contestants[floorOf(keys)] = floorAt(keys);

export default scenario({
  name: 'growth',
  title: 'L1 hit as things grow',
  figures: { hit: { unit: 'ns', better: 'lower' } },
  rates: true,
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
  bounds: `Processor caches: with more keys each hit finds less of what it needs there, in any cache. Of a million keys
the sequence reads some 40 000 different ones, each of which lies in pages of its own. What the machine's memory costs is shown by
two that do less: an array of the same values, in which nothing is looked up, takes more than three times as long with a million of
them as with a thousand, which alone is beyond the goal; lru-cache, in the same table as ours and with its notes in dense arrays, more
than five times. A hit of ours looks at some thirteen places: the reference and its key, a chain of the table, the record, its promise
and the value. What would move it: references that know their record, which would serve those alone who keep references; and notes in
arrays, as lru-cache has them. Tags are compared only where something was invalidated since; values are handed out as they are, so
that their size does not matter; other instances are heard in a message for each invalidation.`,
});
