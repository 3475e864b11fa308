import { ManualClock, faultyStore, type FaultyStore } from '../testing/index.js';
import { Catalog, defineEntry, type EntryOptions } from './catalog.js';
import { createCache, type Cache } from './create-cache.js';
import { MemoryServer } from './store/memory.server.js';
import { memoryTier } from './store/memory.store.js';

interface Balance {
  readonly amount: string;
}

const balances = defineEntry<Balance>()('balances', 'tokens:{address}', {
  fresh: '300s',
  grace: '1h',
  staleness: '5s',
  tags: ['wallet:{address}'],
  jitter: 0,
});
const apiKeys = defineEntry<Balance>()('api keys', 'api:key:{hash}', { fresh: '1h', staleness: 0, jitter: 0 });
const credits = defineEntry<Balance>()('credits', 'user:credits:{wallet}', {
  tags: ['user:{wallet}'],
  absent: '10s',
  jitter: 0,
});

/** A process of the fleet: its own cache, on the shared server and bus. */
function join(server: MemoryServer, clock: ManualClock, options: { overrides?: Record<string, EntryOptions> } = {}) {
  const tier = memoryTier(server, { clock });
  const store: FaultyStore = faultyStore(tier.store);
  const cache = createCache({
    catalog: new Catalog([balances, apiKeys, credits]),
    store,
    bus: tier.bus,
    clock,
    ...options,
  });
  return { cache, store, ...cache };
}

/** A loader that runs until it is let go, and counts its runs. */
function gate<V>() {
  const runs: { release: (value: V) => void; fail: (error: unknown) => void }[] = [];
  const loader = (): Promise<V> => new Promise<V>((release, fail) => runs.push({ release, fail }));
  return { loader, runs };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const ref = balances.ref({ address: '0xabc' });
const value = (amount: string) => () => Promise.resolve({ amount });
const never = () => {
  throw new Error('the loader must not run');
};

describe('CacheManager', () => {
  let clock: ManualClock;
  let server: MemoryServer;
  const caches: Cache[] = [];
  const start = (options?: Parameters<typeof join>[2]) => {
    const process = join(server, clock, options);
    caches.push(process.cache);
    return process;
  };

  beforeEach(() => {
    clock = new ManualClock(1_000);
    server = new MemoryServer({ clock });
  });
  afterEach(async () => {
    await Promise.all(caches.splice(0).map((cache) => cache.close()));
  });

  describe('tiers', () => {
    it('answers from the loader, then from L1, and another process from L2', async () => {
      const one = start();
      const other = start();
      await settled();
      expect(await one.manager.getOrSetResult(ref, value('1'))).toMatchObject({ value: { amount: '1' }, tier: 'MISS' });
      expect(await one.manager.getOrSetResult(ref, never)).toMatchObject({ value: { amount: '1' }, tier: 'L1' });
      expect(await other.manager.getOrSetResult(ref, never)).toMatchObject({ value: { amount: '1' }, tier: 'L2' });
    });

    it('asks the store again once S has passed, strictly', async () => {
      const one = start();
      await settled();
      await one.manager.getOrSet(ref, value('1'));
      await clock.advance(4_999);
      expect((await one.manager.getOrSetResult(ref, never)).tier).toBe('L1');
      await clock.advance(1);
      expect((await one.manager.getOrSetResult(ref, never)).tier).toBe('L2');
    });

    it('never keeps an entry with S = 0 in L1', async () => {
      const one = start();
      await settled();
      const key = apiKeys.ref({ hash: 'aa' });
      await one.manager.getOrSet(key, value('1'));
      expect((await one.manager.getOrSetResult(key, never)).tier).toBe('L2');
      expect((await one.manager.getOrSetResult(key, never)).tier).toBe('L2');
    });

    it('caches null, 0, the empty string and false', async () => {
      const one = start();
      await settled();
      for (const falsy of [null, 0, '', false]) {
        const key = `falsy:${JSON.stringify(falsy)}`;
        await one.manager.getOrSet(key, () => falsy);
        expect(await one.manager.getOrSet<unknown>(key, never)).toBe(falsy);
        expect(await one.manager.getOrSet<unknown>(key, never, { mode: 'L2' })).toBe(falsy);
      }
    });

    it('remembers an absent record for its own life, and not at all where none is stated', async () => {
      const one = start();
      await settled();
      const absent = credits.ref({ wallet: 'w' });
      expect(await one.manager.getOrSet(absent, () => undefined)).toBeUndefined();
      expect((await one.manager.getOrSetResult(absent, never)).tier).toBe('L1');
      await clock.advance(10_000);
      expect((await one.manager.getOrSetResult(absent, value('1'))).tier).toBe('MISS');
      await one.manager.getOrSet(ref, (() => undefined) as never);
      expect((await one.manager.getOrSetResult(ref, value('1'))).tier).toBe('MISS');
    });

    it('hands out values that a caller cannot change', async () => {
      const one = start();
      await settled();
      const first = await one.manager.getOrSet(ref, value('1'));
      expect(() => {
        (first as { amount: string }).amount = '2';
      }).toThrow(TypeError);
      const again = await one.manager.getOrSet(ref, never);
      expect(Object.isFrozen(again)).toBe(true);
      expect(again).toEqual({ amount: '1' });
    });

    it('names the place of a value that JSON cannot carry', async () => {
      const one = start();
      await settled();
      await expect(one.manager.getOrSet('big:1', () => ({ amount: 1n }))).rejects.toMatchObject({
        code: 'NOT_JSON',
        message: expect.stringContaining('$.amount'),
      });
    });

    it('serves and counts, but does not store, a value above its limit', async () => {
      const one = start({ overrides: { balances: { maxBytes: 10 } } });
      await settled();
      const refused: string[] = [];
      one.cache.events.add({ fillRefused: (_entry, _key, reason) => refused.push(reason) });
      expect(await one.manager.getOrSet(ref, value('1234567890'))).toEqual({ amount: '1234567890' });
      expect(refused).toEqual(['too-large']);
      expect((await one.manager.getOrSetResult(ref, value('2'))).tier).toBe('MISS');
    });

    it('works in one process without a store, with the same semantics', async () => {
      const alone = createCache({ catalog: new Catalog([balances]), clock });
      caches.push(alone);
      expect((await alone.manager.getOrSetResult(ref, value('1'))).tier).toBe('MISS');
      await clock.advance(200_000);
      expect((await alone.manager.getOrSetResult(ref, never)).tier).toBe('L1');
      await alone.invalidator.invalidateByTag('wallet:0xabc');
      expect(await alone.manager.getOrSetResult(ref, value('2'))).toMatchObject({
        tier: 'MISS',
        value: { amount: '2' },
      });
      await alone.manager.set('plain:1', 'x');
      expect(await alone.manager.get('plain:1')).toBe('x');
    });
  });

  describe('invalidation', () => {
    it('a fill in flight while its tag is invalidated leaves nothing behind', async () => {
      const one = start();
      const other = start();
      await settled();
      const { loader, runs } = gate<Balance>();
      const early = one.manager.getOrSet(ref, loader);
      await settled();
      expect(await other.invalidator.invalidateByTag('wallet:0xabc')).toMatchObject({ status: 'applied' });
      runs[0]!.release({ amount: 'old' });
      expect(await early).toEqual({ amount: 'old' });
      for (const process of [one, other]) {
        const result = await process.manager.getOrSetResult(ref, value('new'));
        expect(result.value).toEqual({ amount: 'new' });
      }
    });

    it('a fill in flight while its key is invalidated leaves nothing behind', async () => {
      const one = start();
      const other = start();
      await settled();
      const { loader, runs } = gate<Balance>();
      const early = one.manager.getOrSet(ref, loader);
      await settled();
      await other.invalidator.invalidateKey(ref);
      runs[0]!.release({ amount: 'old' });
      await early;
      expect(await one.manager.getOrSet(ref, value('new'))).toEqual({ amount: 'new' });
    });

    it.each(['wallet:0xabc', 'prefix', 'all', 'namespace'])('reaches L1 of the other processes: %s', async (kind) => {
      const one = start();
      const other = start();
      await settled();
      const target = kind === 'namespace' ? balances.ref({ address: '0xabc' }, { namespace: 'shop' }) : ref;
      await one.manager.getOrSet(target, value('old'));
      await other.manager.getOrSet(target, never);
      if (kind === 'prefix') await one.invalidator.invalidateByPattern('tokens:*');
      else if (kind === 'all') await one.invalidator.invalidateAll();
      else if (kind === 'namespace') await one.invalidator.clearNamespace('shop');
      else await one.invalidator.invalidateByTag(kind);
      await settled();
      expect((await other.manager.getOrSetResult(target, value('new'))).tier).toBe('MISS');
    });

    it('nobody who arrives after an invalidation joins a load that began before it', async () => {
      const one = start();
      await settled();
      const { loader, runs } = gate<Balance>();
      const early = one.manager.getOrSet(ref, loader);
      await settled();
      await one.invalidator.invalidateByTag('wallet:0xabc');
      const late = one.manager.getOrSet(ref, loader);
      await settled();
      expect(runs).toHaveLength(2);
      runs[1]!.release({ amount: 'new' });
      runs[0]!.release({ amount: 'old' });
      expect(await late).toEqual({ amount: 'new' });
      await early;
      expect(await one.manager.getOrSet(ref, never)).toEqual({ amount: 'new' });
    });

    it('an L1 that hears nothing is never staler than S', async () => {
      const one = start();
      const deaf = start();
      await settled();
      await one.manager.getOrSet(ref, value('old'));
      await deaf.manager.getOrSet(ref, never);
      server.channel.publish = () => {};
      await one.invalidator.invalidateByTag('wallet:0xabc');
      await clock.advance(4_999);
      expect(await deaf.manager.getOrSet(ref, never)).toEqual({ amount: 'old' });
      await clock.advance(1);
      expect(await deaf.manager.getOrSet(ref, value('new'))).toEqual({ amount: 'new' });
    });

    it('tells whether a key was there, and counts nothing that was already invalid', async () => {
      const one = start();
      await settled();
      expect(await one.invalidator.invalidateKey(ref)).toBe(false);
      await one.manager.getOrSet(ref, value('1'));
      expect(await one.invalidator.invalidateKey('tokens:0xabc')).toBe(true);
      await one.manager.getOrSet(ref, value('1'));
      await one.invalidator.invalidateByTag('wallet:0xabc');
      expect(await one.invalidator.invalidateKey(ref)).toBe(false);
    });

    it('is queued while the store is away, and the store is not believed before it was applied', async () => {
      const one = start();
      await settled();
      await one.manager.getOrSet(ref, value('old'));
      one.store.fail('reject');
      expect(await one.invalidator.invalidateByTag('wallet:0xabc')).toMatchObject({ status: 'queued' });
      one.store.heal();
      expect(await one.manager.getOrSet(ref, value('new'))).toEqual({ amount: 'new' });
      await one.cache.relayOutbox();
      expect(one.cache.storeState()).toBe('up');
      expect(await one.manager.getOrSetResult(ref, value('newer'), { mode: 'L2' })).toMatchObject({ tier: 'MISS' });
    });

    it('a value older than a demanded height is kept for two seconds at most', async () => {
      const heightAware = { balances: { heightAware: true } };
      const one = start({ overrides: heightAware });
      const other = start({ overrides: heightAware });
      await settled();
      await one.invalidator.invalidateByTag('wallet:0xabc', { minHeight: 100 });
      await other.manager.getOrSet(ref, (context) => {
        context.atHeight(99);
        return { amount: 'lagging' };
      });
      expect(await other.manager.ttl(ref)).toBeLessThanOrEqual(2_000);
      await clock.advance(2_000);
      await other.manager.getOrSet(ref, (context) => {
        expect(context.minHeight).toBe(100);
        context.atHeight(100);
        return { amount: 'right' };
      });
      expect(await other.manager.ttl(ref)).toBeGreaterThan(200_000);
    });
  });

  describe('stampedes', () => {
    it('one load for many callers in many processes', async () => {
      const fleet = [start(), start(), start(), start()];
      await settled();
      const { loader, runs } = gate<Balance>();
      const callers = fleet.flatMap((process) =>
        Array.from({ length: 50 }, () => process.manager.getOrSetResult(ref, loader)),
      );
      await settled();
      expect(runs).toHaveLength(1);
      runs[0]!.release({ amount: '1' });
      const results = await Promise.all(callers);
      expect(runs).toHaveLength(1);
      expect(new Set(results.map((result) => result.value.amount))).toEqual(new Set(['1']));
      expect(results.filter((result) => result.tier === 'MISS')).toHaveLength(1);
    });

    it('a loader that fails runs once in each process and fails all its callers', async () => {
      const fleet = [start(), start(), start()];
      await settled();
      let runs = 0;
      const failure = new Error('source down');
      const loader = async () => {
        runs += 1;
        await settled();
        throw failure;
      };
      const callers = fleet.flatMap((process) =>
        Array.from({ length: 20 }, () => process.manager.getOrSet(ref, loader)),
      );
      const outcomes = await Promise.allSettled(callers);
      expect(outcomes.every((outcome) => outcome.status === 'rejected' && outcome.reason === failure)).toBe(true);
      expect(runs).toBeLessThanOrEqual(3);
    });

    it('a holder that died delays the others by its lease at most', async () => {
      const dying = start();
      const other = start();
      await settled();
      void dying.manager.getOrSet(ref, () => new Promise<never>(() => {})).catch(() => {});
      await settled();
      dying.store.fail('hang');
      const waiting = other.manager.getOrSet(ref, value('2'));
      await clock.advance(2_001);
      expect(await waiting).toEqual({ amount: '2' });
    });

    it('a slow load keeps its lease', async () => {
      const one = start();
      const other = start();
      await settled();
      const { loader, runs } = gate<Balance>();
      const first = one.manager.getOrSet(ref, loader);
      await settled();
      const second = other.manager.getOrSet(ref, loader);
      await clock.advance(7_000);
      expect(runs).toHaveLength(1);
      runs[0]!.release({ amount: '1' });
      expect(await Promise.all([first, second])).toEqual([{ amount: '1' }, { amount: '1' }]);
    });

    it('nobody waits for a load that was overtaken by an invalidation', async () => {
      const one = start();
      const other = start();
      await settled();
      const { loader } = gate<Balance>();
      void one.manager.getOrSet(ref, loader).catch(() => {});
      await settled();
      await one.invalidator.invalidateByTag('wallet:0xabc');
      expect(await other.manager.getOrSet(ref, value('new'))).toEqual({ amount: 'new' });
    });
  });

  describe('many keys', () => {
    const refs = ['a', 'b', 'c'].map((address) => balances.ref({ address }));

    it('costs one read, one lease round trip, one bulk load and one fill', async () => {
      const one = start();
      await settled();
      const loads: string[][] = [];
      const load = async (missing: readonly { key: string }[]) => {
        loads.push(missing.map((target) => target.key));
        return missing.map((target) => ({ amount: target.key }));
      };
      const before = new Map(one.store.calls);
      const results = await one.manager.getOrSetMany(refs, load);
      expect(results.map((result) => result.value.amount)).toEqual(['tokens:a', 'tokens:b', 'tokens:c']);
      expect(loads).toEqual([['tokens:a', 'tokens:b', 'tokens:c']]);
      for (const operation of ['readMany', 'leaseMany', 'fillMany'] as const) {
        expect(one.store.calls.get(operation)! - (before.get(operation) ?? 0)).toBe(1);
      }
      const other = start();
      await settled();
      expect((await other.manager.getOrSetMany(refs, load)).map((result) => result.tier)).toEqual(['L2', 'L2', 'L2']);
    });

    it('shares loads with single callers of the same keys, in both directions', async () => {
      const one = start();
      await settled();
      const { loader, runs } = gate<Balance>();
      const single = one.manager.getOrSet(refs[0]!, loader);
      const bulk = one.manager.getOrSetMany(refs, async (missing) => missing.map((target) => ({ amount: target.key })));
      const later = one.manager.getOrSet(refs[1]!, never);
      await settled();
      runs[0]!.release({ amount: 'single' });
      expect(await single).toEqual({ amount: 'single' });
      expect((await bulk).map((result) => result.value.amount)).toEqual(['single', 'tokens:b', 'tokens:c']);
      expect(await later).toEqual({ amount: 'tokens:b' });
    });

    it('two bulk callers with overlapping keys do not wait for each other for ever', async () => {
      const one = start();
      const other = start();
      await settled();
      const load = async (missing: readonly { key: string }[]) => {
        await settled();
        return missing.map((target) => ({ amount: target.key }));
      };
      const [first, second] = await Promise.all([
        one.manager.getOrSetMany([refs[0]!, refs[1]!], load),
        other.manager.getOrSetMany([refs[1]!, refs[0]!], load),
      ]);
      expect(first.map((result) => result.value.amount)).toEqual(['tokens:a', 'tokens:b']);
      expect(second.map((result) => result.value.amount)).toEqual(['tokens:b', 'tokens:a']);
    });
  });

  describe('freshness', () => {
    const expired = async (one: ReturnType<typeof start>) => {
      await one.manager.getOrSet(ref, value('old'));
      await clock.advance(301_000);
    };

    it('a failing source is covered by an expired value within grace, with its age', async () => {
      const one = start();
      await settled();
      await expired(one);
      const result = await one.manager.getOrSetResult(ref, () => Promise.reject(new Error('down')));
      expect(result).toMatchObject({ tier: 'STALE', value: { amount: 'old' }, freshForMs: 0 });
      expect(result.ageMs).toBeGreaterThanOrEqual(301_000);
    });

    it('grace never brings back what was invalidated', async () => {
      const one = start();
      const other = start();
      await settled();
      await expired(one);
      await other.invalidator.invalidateByTag('wallet:0xabc');
      await expect(one.manager.getOrSet(ref, () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    });

    it('nor what is invalidated while the source fails', async () => {
      const one = start();
      const other = start();
      await settled();
      await expired(one);
      const { loader, runs } = gate<Balance>();
      const waiting = one.manager.getOrSet(ref, loader);
      await settled();
      server.channel.publish = () => {};
      await other.invalidator.invalidateByTag('wallet:0xabc');
      runs[0]!.fail(new Error('down'));
      await expect(waiting).rejects.toThrow('down');
    });

    it('an entry without grace shows the failure', async () => {
      const one = start();
      await settled();
      const key = credits.ref({ wallet: 'w' });
      await one.manager.getOrSet(key, value('1'));
      await clock.advance(301_000);
      await expect(one.manager.getOrSet(key, () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    });

    it('a slow source is covered after the soft timeout, and its value arrives later', async () => {
      const one = start();
      await settled();
      await expired(one);
      const { loader, runs } = gate<Balance>();
      const waiting = one.manager.getOrSetResult(ref, loader);
      await clock.advance(200);
      expect(await waiting).toMatchObject({ tier: 'STALE', value: { amount: 'old' } });
      expect((await one.manager.getOrSetResult(ref, loader)).tier).toBe('STALE');
      expect(runs).toHaveLength(1);
      runs[0]!.release({ amount: 'new' });
      await settled();
      expect(await one.manager.getOrSetResult(ref, never)).toMatchObject({ value: { amount: 'new' }, tier: 'L1' });
    });

    it('a loader that takes too long fails with its limit', async () => {
      const one = start();
      await settled();
      const waiting = one.manager.getOrSet(
        ref,
        ({ signal }) =>
          new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      );
      const outcome = expect(waiting).rejects.toMatchObject({ code: 'LOAD_TIMEOUT' });
      await clock.advance(10_000);
      await outcome;
    });

    it('a hit near the end of the fresh life refreshes in the background, once in the fleet', async () => {
      const one = start();
      const other = start();
      await settled();
      await one.manager.getOrSet(ref, value('old'));
      await clock.advance(250_000);
      let runs = 0;
      const loader = async () => {
        runs += 1;
        return { amount: 'new' };
      };
      expect(await Promise.all([one, other].map((process) => process.manager.getOrSet(ref, loader)))).toEqual([
        { amount: 'old' },
        { amount: 'old' },
      ]);
      await settled();
      expect(runs).toBe(1);
      await clock.advance(100_000);
      expect(await one.manager.getOrSetResult(ref, never)).toMatchObject({ value: { amount: 'new' }, tier: 'L2' });
    });

    it('mode fresh reads the source and replaces what was cached', async () => {
      const one = start();
      await settled();
      await one.manager.getOrSet(ref, value('old'));
      expect(await one.manager.getOrSetResult(ref, value('new'), { mode: 'fresh' })).toMatchObject({
        tier: 'MISS',
        value: { amount: 'new' },
      });
      expect(await one.manager.getOrSetResult(ref, never)).toMatchObject({ value: { amount: 'new' } });
      const other = start();
      await settled();
      expect(await other.manager.get(ref)).toEqual({ amount: 'new' });
    });

    it('jitter only shortens a life', async () => {
      const one = start({ overrides: { balances: { jitter: 0.5 } } });
      await settled();
      await one.manager.getOrSet(ref, value('1'));
      const left = await one.manager.ttl(ref);
      expect(left).toBeLessThanOrEqual(300_000);
      expect(left).toBeGreaterThanOrEqual(150_000);
    });
  });

  describe('a store that fails', () => {
    it('is a miss that is not written, and nobody sees an error', async () => {
      const one = start();
      await settled();
      one.store.fail('reject');
      expect(await one.manager.getOrSetResult(ref, value('1'))).toMatchObject({ tier: 'MISS' });
      one.store.heal();
      expect(server.entries.get('tokens:0xabc')).toBeUndefined();
      expect((await one.manager.getOrSetResult(ref, never)).tier).toBe('L1');
    });

    it('is asked no more after three failures, until a probe succeeds', async () => {
      const one = start();
      await settled();
      one.store.fail('reject');
      for (const address of ['a', 'b', 'c', 'd']) await one.manager.getOrSet(balances.ref({ address }), value('1'));
      const calls = one.store.calls.get('readMany');
      await one.manager.getOrSet(balances.ref({ address: 'e' }), value('1'));
      expect(one.store.calls.get('readMany')).toBe(calls);
      expect(one.cache.storeState()).toBe('down');
      one.store.heal();
      await clock.advance(400);
      expect(one.cache.storeState()).toBe('up');
    });

    it('keeps the source to one call an S for a hot key', async () => {
      const one = start();
      await settled();
      one.store.fail('reject');
      let runs = 0;
      for (let second = 0; second < 20; second += 1) {
        await one.manager.getOrSet(ref, async () => {
          runs += 1;
          return { amount: '1' };
        });
        await clock.advance(1_000);
      }
      expect(runs).toBeLessThanOrEqual(4);
    });

    it('garbage, another schema and a truncated value are misses and events', async () => {
      const one = start();
      await settled();
      const faults: string[] = [];
      one.cache.events.add({ decodeFailed: (_entry, _key, fault) => faults.push(fault) });
      await one.manager.getOrSet(ref, value('1'));
      const good = server.entries.get('tokens:0xabc')!;
      for (const bad of [Buffer.from('garbage'), good.subarray(0, 10), good.subarray(0, good.length - 3)]) {
        server.entries.set('tokens:0xabc', bad, 60_000);
        expect(await one.manager.get(ref, { mode: 'L2' })).toBeUndefined();
      }
      expect(faults).toEqual(['garbage', 'garbage', 'garbage']);
    });
  });

  it('holds on to nothing once nobody asks any more', async () => {
    const one = start();
    await settled();
    for (let index = 0; index < 50; index += 1) {
      const target = balances.ref({ address: `w${index}` });
      await one.manager.getOrSet(target, value('1'));
      await one.manager.get(target, { mode: 'L2' });
      await one.invalidator.invalidateKey(target);
    }
    const { tombstones } = (one.manager as unknown as { l1: { tombstones: { size: number } } }).l1;
    expect(tombstones.size).toBe(0);
  });
});
