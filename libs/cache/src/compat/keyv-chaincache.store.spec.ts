import { Keyv } from 'keyv';
import { Catalog, createCache, defineEntry, type Cache } from '../index.js';
import { createKeyv, KeyvChaincacheStore } from './index.js';

const userInfo = defineEntry<number>()('user info', 'user:info:{wallet}', { tags: ['user:{wallet}'] });

describe('a Keyv on the tiers', () => {
  let cache: Cache;
  beforeEach(() => {
    cache = createCache({ catalog: new Catalog([userInfo]) });
  });
  afterEach(() => cache.close());

  /** As createKeyv makes it, and as people make it who only know Keyv: with its serializer and its namespace. */
  const kinds: [string, () => Keyv][] = [
    ['from createKeyv', () => createKeyv(cache)],
    ['around the store', () => new Keyv({ store: new KeyvChaincacheStore(cache) })],
    ['with a namespace of its own', () => new Keyv({ store: new KeyvChaincacheStore(cache), namespace: 'odd *:name' })],
  ];

  describe.each(kinds)('%s', (_kind, make) => {
    let keyv: Keyv;
    beforeEach(() => {
      keyv = make();
      keyv.on('error', (error) => {
        throw error;
      });
    });

    it('gets, sets, has and deletes, one key or many', async () => {
      expect(await keyv.set('a', { n: 1 })).toBe(true);
      await keyv.setMany([
        { key: 'b', value: null },
        { key: 'c', value: 0, ttl: 60_000 },
      ]);
      expect(await keyv.get(['a', 'b', 'c', 'd'])).toEqual([{ n: 1 }, null, 0, undefined]);
      expect(await keyv.has(['a', 'd'])).toEqual([true, false]);
      expect([await keyv.delete('a'), await keyv.delete('a')]).toEqual([true, false]);
      expect(await keyv.deleteMany(['b', 'c'])).toBe(true);
      expect(await keyv.get(['a', 'b', 'c'])).toEqual([undefined, undefined, undefined]);
    });

    it('serves nothing that an invalidation concerned', async () => {
      await keyv.set('a', 1);
      await cache.invalidator.clearNamespace('keyv');
      expect(await keyv.get('a')).toBeUndefined();
    });

    it('clears what is its own and nothing else', async () => {
      const neighbour = createKeyv(cache, { namespace: 'neighbour' });
      await keyv.set('a', 1);
      await neighbour.set('a', 2);
      await cache.manager.set('a', 3);
      await keyv.clear();
      expect([await keyv.get('a'), await neighbour.get('a'), await cache.manager.get('a')]).toEqual([undefined, 2, 3]);
    });

    it.each([
      ['', 'the empty key'],
      ['_internal', 'a key like one of the cache’s own'],
      ['{"page":1}', 'JSON'],
      ['a:b:c:d:e:f:g:h:i:j:k:l:m:n', 'many colons'],
      ['x'.repeat(5_000), 'a very long key'],
      ['ключ 🔑', 'any script'],
      ['*', 'a wildcard'],
      ['~abc', 'a tilde'],
    ])('takes any key: %.12s (%s)', async (key) => {
      await keyv.set(key, 'value');
      await keyv.set(`${key}!`, 'another');
      expect(await keyv.get(key)).toBe('value');
      expect(await keyv.delete(key)).toBe(true);
      expect(await keyv.get(`${key}!`)).toBe('another');
    });

    it('forgets a key that is set to undefined', async () => {
      await keyv.set('a', 1);
      await keyv.set('a', undefined);
      expect(await keyv.get('a')).toBeUndefined();
    });
  });

  it('gives a key that the catalog knows that entry’s tags', async () => {
    const keyv = createKeyv(cache);
    await keyv.set('user:info:a', 1);
    await cache.invalidator.invalidateUserCache('a');
    expect(await keyv.get('user:info:a')).toBeUndefined();
  });

  it('keeps two namespaces of Keyv apart', async () => {
    const [one, two] = ['one', 'two'].map(
      (namespace) => new Keyv({ store: new KeyvChaincacheStore(cache), namespace }),
    );
    await one!.set('a', 1);
    await two!.set('a', 2);
    await one!.clear();
    expect([await one!.get('a'), await two!.get('a')]).toEqual([undefined, 2]);
  });

  it('carries data that has a property named toJSON', async () => {
    const keyv = createKeyv(cache);
    await keyv.set('a', { toJSON: 'just data' });
    expect(await keyv.get('a')).toEqual({ toJSON: 'just data' });
  });

  it('ends a value after its TTL in milliseconds, and after the default one where none is given', async () => {
    const keyv = createKeyv(cache, { ttl: '10s' });
    await keyv.set('given', 1, 60_000);
    await keyv.set('default', 1);
    const left = async (key: string) =>
      Math.ceil(((await cache.manager.ttl(key, { namespace: 'keyv' })) ?? 0) / 10_000);
    expect([await left('given'), await left('default')]).toEqual([6, 1]);
  });

  it('throws what a write failed with', async () => {
    await expect(createKeyv(cache).set('a', { big: 1n })).rejects.toThrow(/bigint/);
  });
});
