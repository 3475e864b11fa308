import { peers } from '../peers.mjs';
import { atLeast, inFull, inProcess, scenario } from '../scenario.mjs';

const PROCESS = new URL('./hit.process.mjs', import.meta.url);
const MADE = 'Chaincache, key made';
const subject = (role, settings, options) => ({ role, settings, start: inProcess(PROCESS, options) });
const peer = (name, { tagged = false, role = 'peer', settings = peers[name].settings, ...options } = {}) =>
  subject(role, settings, { subject: 'peer', peer: name, tiers: 'L1', tagged, ...options });

export default scenario({
  name: 'l1-hit',
  title: 'L1 hit: `getOrSet`, 1 KB JSON, 10 000 keys zipf, 3 tags, metrics on',
  figures: { rate: { unit: 'reads/s', better: 'higher' } },
  rates: true,
  profiled: true,
  contestants: {
    Chaincache: subject('ours', 'a catalog entry, references made beforehand as the keys of all others', {
      subject: 'ours',
    }),
    [MADE]: subject('ours', 'the same, `entry.ref` at each call', { subject: 'ours, key made' }),
    'BentoCache, tags': peer('bentocache', { tagged: true }),
    'BentoCache, no tags': inFull(peer('bentocache')),
    'BentoCache, tags, not serialized': peer('bentocache', {
      tagged: true,
      role: 'remark',
      settings: '`serialize: false`: hits share one object, and nothing keeps it from being changed',
      serialize: false,
    }),
    'cacheable, tags': inFull(peer('cacheable', { tagged: true })),
    'cacheable, no tags': inFull(peer('cacheable')),
    'cache-manager': peer('cache-manager + @keyv/redis', {
      settings: '`wrap`, `createCache({ ttl })`: without a bound',
    }),
    'cache-manager, bounded': inFull(peer('cache-manager + @keyv/redis', { bounded: true })),
    'lru-cache, async': subject('limit', '`get` with a ttl behind an async function', { subject: 'lru-cache' }),
    'lru-cache, async, key made': subject('limit', 'the same, the key put together at each call', {
      subject: 'lru-cache',
      keysMade: true,
    }),
    'lru-cache, sync': subject('remark', 'the same without a promise', { subject: 'lru-cache', sync: true }),
  },
  goals: [
    atLeast(40, 'BentoCache, tags'),
    atLeast(5, 'cache-manager'),
    atLeast(0.5, 'lru-cache, async'),
    atLeast(0.5, 'lru-cache, async, key made', { ours: MADE }),
  ],
  bounds: `What a hit costs is bounded by the promise: an async function around one look into a Map is all that the limit does, and
half of its time or more are the promise and its continuation (compare it with the same without a promise). Ours has to
look at the clock and at what was invalidated, to note the use for eviction, and to count the hit. Where the key is put
together at each call, both look for a string that was never hashed before, which is as much again. What would move it
further: an answer without a promise, which would be another interface; and fewer objects for each entry, as what is not
in the processor's cache is what costs beyond a thousand keys.`,
});
