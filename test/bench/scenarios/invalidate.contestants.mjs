import { peers } from '../peers.mjs';
import { atMost, flatWithin } from '../scenario.mjs';

const PROCESS = new URL('./invalidate.process.mjs', import.meta.url);
const MILLION = 1_000_000;
const SIZES = [100, 10_000, MILLION];
const LIMIT_MS = 1;
const FLATNESS = 2;

const nameOf = (size) => `of ${size.toLocaleString('en').replaceAll(',', ' ')}`;
const sizesOf = (arena) => SIZES.filter((size) => !arena.quick || size < MILLION);

/** One figure for each number of entries that are made invalid, the greatest first. */
export const figures = Object.fromEntries(
  SIZES.toReversed().map((size) => [nameOf(size), { unit: 'ms', better: 'lower', fullOnly: size === MILLION }]),
);

export const goals = [
  ...SIZES.toReversed().map((size) => atMost(LIMIT_MS, 'ms', { figure: nameOf(size) })),
  flatWithin(FLATNESS),
];

/** Invalidates one size after the other, in each round. */
const invalidating = (role, settings, subject, what, options = {}) => ({
  role,
  settings,
  async start(arena) {
    const { url: redisUrl } = await arena.redis();
    const sizes = sizesOf(arena);
    const process = await arena.load(PROCESS, { redisUrl, subject, what, sizes, ...options });
    await process.ask('warmUp');
    return {
      async round() {
        const measured = {};
        for (const size of sizes) measured[nameOf(size)] = await process.ask('round', { size, quick: arena.quick });
        return measured;
      },
    };
  },
});

export const ours = (what) => invalidating('ours', 'applied in Redis and published', 'ours', what);

/** Of others: `settings` of `peers.mjs`. */
export const peer = (name) => invalidating('peer', peers[name].settings, 'peer', 'tag', { peer: name });

export const membersAndUnlink = invalidating(
  'peer',
  'a set of the members of each tag: `SMEMBERS`, `UNLINK` of a thousand at a time, pipelined',
  'members',
  'tag',
);

export const scanAndUnlink = invalidating(
  'peer',
  '`SCAN MATCH prefix* COUNT 1000` and `UNLINK` of what it finds',
  'scan',
  'prefix',
);

export const BOUNDS = `A round trip to Redis with one script: the version of the tag is deleted and the news published, whatever carries
the tag. The number of entries is in none of it. What would move it: only a faster network.`;
