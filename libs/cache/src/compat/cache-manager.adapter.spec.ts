import type { Cache as StandardCache } from 'cache-manager';
import { ManualClock } from '../../testing/index.js';
import { Catalog, createCache, defineEntry, type Cache } from '../index.js';
import { MemoryServer } from '../store/memory.server.js';
import { memoryTier } from '../store/memory.store.js';
import { createCacheManager } from './index.js';

const userInfo = defineEntry<number>()('user info', 'user:info:{wallet}', { tags: ['user:{wallet}'] });

/** A loader that runs until it is let go. */
function gate<V>() {
  const runs: ((value: V) => void)[] = [];
  return { runs, load: () => new Promise<V>((release) => runs.push(release)) };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe.each(['one process', 'two processes'])('a cache-manager on the tiers, %s', (topology) => {
  let clock: ManualClock;
  let cache: Cache;
  let standard: StandardCache;
  /** The process that invalidates: the same one, or another on the shared server. */
  let other: Cache;

  beforeEach(() => {
    clock = new ManualClock(1_000);
    const server = new MemoryServer({ clock });
    const catalog = new Catalog([userInfo]);
    const join = () => createCache({ catalog, clock, ...memoryTier(server, { clock }) });
    cache = topology === 'one process' ? createCache({ catalog, clock }) : join();
    other = topology === 'one process' ? cache : join();
    standard = createCacheManager(cache);
  });
  afterEach(async () => {
    await cache.close();
    await other.close();
  });

  describe('wrap', () => {
    it('runs one load for many callers', async () => {
      const { runs, load } = gate<number>();
      const answers = Promise.all([standard.wrap('k', load), standard.wrap('k', load)]);
      await settled();
      runs[0]!(1);
      expect(await answers).toEqual([1, 1]);
      expect(runs).toHaveLength(1);
      expect(await standard.wrap('k', load)).toBe(1);
    });

    it.each([
      ['its key', () => other.invalidator.invalidateKey('user:info:a', 'cache-manager')],
      ['its tag', () => other.invalidator.invalidateUserCache('a')],
      ['its prefix', () => other.invalidator.invalidateByPattern('user:*', 'cache-manager')],
      ['its namespace', () => other.invalidator.clearNamespace('cache-manager')],
      ['everything', () => other.invalidator.invalidateAll()],
      ['itself through clear()', () => createCacheManager(other).clear()],
      ['itself through del()', () => createCacheManager(other).del('user:info:a')],
    ])('keeps no value that was read before an invalidation of %s', async (_what, invalidate) => {
      const { runs, load } = gate<string>();
      const before = standard.wrap('user:info:a', load);
      await settled();
      await invalidate();
      runs[0]!('old');
      await before;
      await settled();

      expect(await standard.get('user:info:a')).toBeUndefined();
      const after = standard.wrap('user:info:a', load);
      await settled();
      runs[1]!('new');
      expect(await after).toBe('new');
    });

    it('takes a TTL as a number, a function, or in options', async () => {
      await standard.wrap('number', () => 1, 10_000);
      await standard.wrap(
        'function',
        (): number => 20,
        (value) => value * 1_000,
      );
      await standard.wrap('options', () => 1, { ttl: 30_000 });
      for (const [key, ttlMs] of [
        ['number', 10_000],
        ['function', 20_000],
        ['options', 30_000],
      ] as const) {
        const left = await cache.manager.ttl(key, { namespace: 'cache-manager' });
        expect(left).toBeLessThanOrEqual(ttlMs);
        expect(left).toBeGreaterThan(ttlMs * 0.9);
      }
    });

    it('loads again once the TTL has passed', async () => {
      await standard.wrap('k', () => 1, 10_000);
      await clock.advance(10_001);
      expect(await standard.wrap('k', () => 2, 10_000)).toBe(2);
    });

    it('gives the value with its expiry when asked for it raw', async () => {
      const loaded = await standard.wrap('k', () => 1, { ttl: 10_000, raw: true });
      const cached = await standard.wrap('k', () => 2, { ttl: 10_000, raw: true });
      expect(loaded).toEqual({ value: 1, expires: expect.any(Number) });
      expect(cached).toEqual(loaded);
    });

    it('refreshes in the background below the threshold, and says so', async () => {
      const refreshed: unknown[] = [];
      standard.on('refresh', (event) => refreshed.push(event));
      await standard.wrap('k', () => 1, 100_000, 60_000);
      expect(await standard.wrap('k', () => 2, 100_000, 60_000)).toBe(1);
      await settled();
      expect(refreshed).toEqual([]);

      await clock.advance(50_000);
      expect(await standard.wrap('k', () => 3, 100_000, 60_000)).toBe(1);
      await settled();
      expect(refreshed).toEqual([{ key: 'k', value: 3 }]);
      expect(await standard.get('k')).toBe(3);
    });

    it('reports a refresh that failed, and goes on serving', async () => {
      const refreshed: unknown[] = [];
      const error = new Error('source');
      standard.on('refresh', (event) => refreshed.push(event));
      await standard.wrap('k', () => 1, { ttl: 100_000 });
      const failing = () => Promise.reject<number>(error);
      expect(await standard.wrap('k', failing, { ttl: 100_000, refreshThreshold: () => 100_000 })).toBe(1);
      await settled();
      expect(refreshed).toEqual([{ key: 'k', value: 1, error }]);
    });

    it('caches null, 0, false and the empty text, but not undefined', async () => {
      for (const value of [null, 0, false, '']) {
        const key = `value ${String(value)}`;
        expect(await standard.wrap(key, () => value)).toBe(value);
        expect(await standard.wrap<unknown>(key, () => 'loaded again')).toBe(value);
      }
      expect(await standard.wrap('nothing', () => undefined)).toBeUndefined();
      expect(await standard.wrap<unknown>('nothing', () => 'loaded again')).toBe('loaded again');
    });

    it('hands on what the loader throws unchanged', async () => {
      const error = new RangeError('source');
      await expect(standard.wrap('k', () => Promise.reject(error))).rejects.toBe(error);
    });
  });

  it('gets, sets and deletes, one key or many', async () => {
    await standard.set('a', { n: 1 });
    await standard.mset([
      { key: 'b', value: 2 },
      { key: 'c', value: 3, ttl: 10_000 },
    ]);
    expect(await standard.mget(['a', 'b', 'c', 'd'])).toEqual([{ n: 1 }, 2, 3, undefined]);
    await standard.del('a');
    await standard.mdel(['b']);
    expect(await standard.mget(['a', 'b', 'c'])).toEqual([undefined, undefined, 3]);
  });

  it('tells when a value ends', async () => {
    await standard.set('k', 1, 60_000);
    const ends = await standard.ttl('k');
    expect(ends).toBeGreaterThan(Date.now() + 50_000);
    expect(ends).toBeLessThanOrEqual(Date.now() + 60_000);
    expect(await standard.ttl('nothing')).toBeUndefined();
  });

  it('announces sets, deletions and clears', async () => {
    const heard: string[] = [];
    standard.on('set', ({ key }) => heard.push(`set ${key}`));
    standard.on('del', ({ key }) => heard.push(`del ${key}`));
    standard.on('clear', () => heard.push('clear'));
    await standard.set('a', 1);
    await standard.wrap('b', () => 1);
    await standard.del('a');
    await standard.clear();
    expect([...new Set(heard)]).toEqual(['set a', 'set b', 'del a', 'clear']);
  });

  it('clears its own namespace and nothing else', async () => {
    await cache.manager.set('mine', 1);
    await standard.set('yours', 2);
    await standard.clear();
    expect([await cache.manager.get('mine'), await standard.get('yours')]).toEqual([1, undefined]);
  });

  it('rejects a set that cannot be kept, and says what to do', async () => {
    await expect(standard.set('k', { at: new Date(0) })).rejects.toThrow(/is a Date.*toISOString/);
  });

  it('leaves the tiers open when it is disconnected', async () => {
    await standard.set('k', 1);
    await standard.disconnect();
    expect(await standard.get('k')).toBe(1);
  });
});
