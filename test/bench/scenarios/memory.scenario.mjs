import { peers } from '../peers.mjs';
import { atLeast, atMost, inFull, scenario } from '../scenario.mjs';

const PROCESS = new URL('./memory.process.mjs', import.meta.url);
const ENTRIES = 100_000;
const ENTRIES_QUICK = 10_000;

/** A round is a process and a Redis of its own: what was freed before would be taken again unseen. */
const holding = (role, settings, subject, options = {}) => ({
  role,
  settings,
  async start(arena) {
    return {
      async round() {
        const redis = await arena.redis();
        const entries = arena.quick ? ENTRIES_QUICK : ENTRIES;
        const process = await arena.load(PROCESS, { subject, redisUrl: redis.url, entries, ...options });
        const measured = await process.ask('fill');
        await process.stop();
        await redis.stop();
        return measured;
      },
    };
  },
});

const bytes = { unit: 'B/entry', better: 'lower' };

export default scenario({
  name: 'memory',
  title:
    '100 000 entries of 1 KB in both tiers, each read once more: bytes of an entry (ours beyond key and value: in memory alone, before it is read)',
  figures: {
    'L1, all': bytes,
    'L1, beyond key and value': bytes,
    'Redis, all': bytes,
    'Redis, beyond key and body': bytes,
  },
  // Bytes are counted, not timed: two rounds differed by one in a thousand, and each takes minutes.
  rounds: 1,
  untimed: true,
  quickRounds: 1,
  contestants: {
    Chaincache: holding('ours', 'one tag, which all entries share; S of an hour', 'ours', {
      tags: ['items'],
      holds: 'text until read',
    }),
    'Chaincache, 3 tags': holding('ours', 'two tags of its own and one that all share; S of an hour', 'ours', {
      holds: 'text until read',
    }),
    BentoCache: holding('peer', peers.bentocache.settings, 'bentocache', { holds: 'text' }),
    'BentoCache, 3 tags': holding('peer', 'the same', 'bentocache', { holds: 'text', tagged: true }),
    cacheable: inFull(holding('peer', peers.cacheable.settings, 'cacheable')),
    'cache-manager + @keyv/redis': inFull(
      holding('peer', peers['cache-manager + @keyv/redis'].settings, 'cache-manager + @keyv/redis', {
        holds: 'text',
      }),
    ),
    'lru-cache and SET': holding('limit', '`max` and a ttl; `SET … PX` of the JSON', 'least'),
  },
  goals: [
    atMost(200, 'B', { figure: 'L1, beyond key and value' }),
    atMost(150, 'B', { figure: 'Redis, beyond key and body' }),
    ...['BentoCache', 'cacheable', 'cache-manager + @keyv/redis'].flatMap((peer) => [
      atLeast(1, peer, { figure: 'L1, all' }),
      atLeast(1, peer, { figure: 'Redis, all' }),
    ]),
    atLeast(1, 'BentoCache, 3 tags', { ours: 'Chaincache, 3 tags', figure: 'Redis, all' }),
  ],
  bounds: `In memory the value itself is the most of it. Ours is text until it is read, and then an object, in which texts
that other values have too (names, symbols, addresses) are the same string: that is how it comes to less than what
lru-cache needs, which keeps what it is given. Beside it stand the key's place in a table and the record with its times and its
place in a queue; that is weighed while the value is text. What eviction counts comes on top once the store is nearly full
(docs/decisions/l1-policy.md). A cache that holds text for ever (BentoCache, cache-manager) parses it at each hit. In Redis a
bare \`SET\` with a ttl takes some 250 B beyond key and body: two hash table entries, headers, and the rounding of the allocator,
about an eighth of a value. Ours adds the stamp; each tag of an entry's own is a key more, its version. That it comes to
less than key and body themselves is compression (docs/decisions/compression.md): these values repeat themselves more than most,
and shrink to a quarter; lists of tokens with addresses of their own shrink to a half. What would move it: fewer versions, where many tags of one
key change together.`,
});
