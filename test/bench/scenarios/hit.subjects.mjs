/**
 * Those who are read. Each takes its options and `load(index)`, and gives `read(index)`, which answers from the cache, or
 * else from `load` and keeps it. Keys, tags and references are made beforehand, except where the name says otherwise.
 */
import { openOurs } from '../ours.mjs';
import { openPeer } from '../peers.mjs';
import { LIFE_MS, idOf, keyOf, tagsOf } from '../workload.mjs';

const idsOf = (keys) => Array.from({ length: keys }, (_none, index) => idOf(index));

export const subjects = {
  /** References are made beforehand, as the keys of the others are. */
  async ours({ keys, mode, ...options }, load) {
    const { cache, entry } = await openOurs(options);
    const refs = idsOf(keys).map((id) => entry.ref({ id }));
    if (mode === undefined) return (index) => cache.manager.getOrSet(refs[index], () => load(index));
    return (index) => cache.manager.getOrSet(refs[index], () => load(index), { mode });
  },

  /** A reference made at each call, as a service does that is asked for an address. */
  async 'ours, key made'({ keys, mode, ...options }, load) {
    const { cache, entry } = await openOurs(options);
    const ids = idsOf(keys);
    if (mode === undefined) return (index) => cache.manager.getOrSet(entry.ref({ id: ids[index] }), () => load(index));
    return (index) => cache.manager.getOrSet(entry.ref({ id: ids[index] }), () => load(index), { mode });
  },

  async peer({ keys, peer, tagged, ...options }, load) {
    const cache = await openPeer(peer, options);
    const ids = idsOf(keys);
    const names = ids.map(keyOf);
    const tags = ids.map((id) => (tagged ? tagsOf(id) : undefined));
    return (index) => cache.read(names[index], tags[index], () => load(index));
  },

  async 'lru-cache'({ keys, sync, keysMade = false }, load) {
    const { LRUCache } = await import('lru-cache');
    const cache = new LRUCache({ max: 2 * keys, ttl: LIFE_MS });
    const ids = idsOf(keys);
    const names = ids.map(keyOf);
    const read = (index) => {
      const name = keysMade ? keyOf(ids[index]) : names[index];
      const cached = cache.get(name);
      if (cached !== undefined) return cached;
      const value = load(index);
      cache.set(name, value);
      return value;
    };
    return sync ? read : async (index) => read(index);
  },

  /** No cache: what there is to be read lies in an array. */
  async array({ keys }, load) {
    const values = Array.from({ length: keys }, (_none, index) => load(index));
    return async (index) => values[index];
  },

  async 'raw ioredis'({ keys, redisUrl, ...options }, load) {
    const { Redis } = await import('ioredis6');
    const redis = new Redis(redisUrl, options);
    const names = idsOf(keys).map(keyOf);
    return async (index) => {
      const cached = await redis.get(names[index]);
      if (cached !== null) return JSON.parse(cached);
      const value = load(index);
      await redis.set(names[index], JSON.stringify(value), 'PX', LIFE_MS);
      return value;
    };
  },
};
