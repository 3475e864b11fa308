import { CacheMetrics } from './cache-metrics.js';
import { CacheError } from './errors.js';
import type { Cache } from './create-cache.js';
import { amount, balances, credits, gate, never, settled, SimulatedFleet } from '../testing/simulated.fleet.js';

describe('metrics', () => {
  let fleet: SimulatedFleet;
  const watched: CacheMetrics[] = [];
  beforeEach(() => {
    fleet = new SimulatedFleet();
  });
  afterEach(async () => {
    for (const metrics of watched.splice(0)) metrics.stop();
    await fleet.stop();
  });

  function watch(cache: Cache): CacheMetrics {
    const metrics = CacheMetrics.of(cache, { clock: fleet.clock });
    watched.push(metrics);
    return metrics;
  }

  it('counts every read once, as its caller saw it, whatever happened on the way', async () => {
    const [one, other] = [await fleet.start(), await fleet.start()];
    const metrics = watch(one);
    const seen = { L1: 0, L2: 0, STALE: 0, MISS: 0, failed: 0 };
    let seed = 1;
    const next = (below: number): number => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    const load = async (): Promise<{ amount: string }> => {
      await settled();
      if (next(4) === 0) throw new Error('the source is down');
      return { amount: '1' };
    };
    for (let round = 0; round < 300; round += 1) {
      const ref = balances.ref({ address: `0x${next(6)}` });
      const what = next(10);
      if (what === 0) await one.invalidator.invalidateKey(ref);
      else if (what === 1) await fleet.clock.advance(next(400_000));
      else if (what === 2) await other.manager.getOrSet(ref, load).catch(() => undefined);
      else if (what === 3) {
        const refs = [ref, balances.ref({ address: `0x${next(6)}` })];
        const results = await one.manager
          .getOrSetMany(refs.slice(0, 1 + next(2)), async (missing) => {
            await settled();
            return missing.map(() => ({ amount: '2' }));
          })
          .catch(() => []);
        for (const { tier } of results) seen[tier] += 1;
      } else {
        const callers = Array.from({ length: 1 + next(4) }, () => one.manager.getOrSetResult(ref, load));
        for (const result of await Promise.allSettled(callers)) {
          if (result.status === 'fulfilled') seen[result.value.tier] += 1;
          else seen.failed += 1;
        }
      }
    }
    const stats = metrics.getStats();
    expect(Math.min(seen.L1, seen.L2, seen.STALE, seen.MISS, seen.failed)).toBeGreaterThan(0);
    expect(stats).toMatchObject({
      hits: seen.L1 + seen.L2 + seen.STALE,
      misses: seen.MISS + seen.failed,
      tiers: {
        L1: { count: seen.L1 },
        L2: { count: seen.L2 },
        STALE: { count: seen.STALE },
        MISS: { count: seen.MISS + seen.failed },
      },
    });
    expect(stats.hitRate! + stats.missRate!).toBeCloseTo(100);
    expect(stats.entries['balances']).toMatchObject({ hits: stats.hits, misses: stats.misses });
  });

  it('counts a read that waited for another process as the hit it became, not as a miss before it', async () => {
    const [one, other] = [await fleet.start(), await fleet.start()];
    const metrics = watch(one);
    const ref = balances.ref({ address: '0xabc' });
    const slow = gate<{ amount: string }>();
    const first = other.manager.getOrSet(ref, slow.loader);
    await settled();
    const waiting = one.manager.getOrSetResult(ref, never);
    await settled();
    slow.runs[0]!.release({ amount: '1' });
    await Promise.all([first, waiting]);
    expect(metrics.getStats()).toMatchObject({ hits: 1, misses: 0, tiers: { L2: { count: 1 } } });
  });

  it('weighs the sampled times of L1 hits as all L1 hits, beside loads that are all timed', async () => {
    const metrics = new CacheMetrics({ clock: fleet.clock });
    for (let hit = 0; hit < 640; hit += 1) metrics.hit('balances', 'k', 'L1');
    for (let sample = 0; sample < 10; sample += 1) metrics.answered('balances', 'L1', 0.001, 64);
    for (let miss = 0; miss < 10; miss += 1) {
      metrics.miss('balances', `m${miss}`);
      metrics.answered('balances', 'MISS', 65, 1);
    }
    const stats = metrics.getStats();
    expect(stats.avgResponseTimeMs).toBeCloseTo((640 * 0.001 + 10 * 65) / 650, 5);
    expect(stats.p50Ms).toBeCloseTo(0.001, 4);
    expect(stats.p99Ms!).toBeGreaterThan(64);
    expect(stats.p99Ms!).toBeLessThan(66);
    expect(stats.tiers.L1).toMatchObject({ count: 640, avgMs: expect.closeTo(0.001, 6) });
  });

  it('gives the quantiles of each entry and tier, since the start and in each window', async () => {
    const metrics = new CacheMetrics({ clock: fleet.clock });
    metrics.start();
    watched.push(metrics);
    const answers = (entry: string, tier: 'L2' | 'MISS', times: readonly number[]): void => {
      for (const ms of times) metrics.answered(entry, tier, ms, 1);
    };
    const hundred = Array.from({ length: 100 }, (_none, at) => at + 1);
    answers('balances', 'L2', hundred);
    answers('balances', 'MISS', [1_000]);
    await fleet.clock.advance(600_000);
    answers('balances', 'L2', [7, 7, 7]);
    answers('credits', 'L2', [40]);
    const near = (ms: number) => ({ asymmetricMatch: (found: number) => Math.abs(found / ms - 1) <= 1 / 128 });
    const { entries, tiers, windows } = metrics.getStats();
    const { tiers: own, windows: ownWindows } = entries['balances']!;
    expect(own.L2).toMatchObject({ p50Ms: near(49), p90Ms: near(90), p99Ms: near(99), p999Ms: near(100) });
    expect(own.MISS).toMatchObject({ p50Ms: near(1_000), p999Ms: near(1_000) });
    expect(own.L1).toMatchObject({ count: 0, avgMs: null, p50Ms: null, p999Ms: null });
    expect(ownWindows['5m'].tiers.L2).toMatchObject({ p50Ms: near(7), p999Ms: near(7) });
    expect(ownWindows['5m']).toMatchObject({ p99Ms: near(7) });
    expect(ownWindows['1h'].tiers.L2).toMatchObject({ p99Ms: near(99) });
    expect(ownWindows['5m'].tiers.MISS).toMatchObject({ p50Ms: null });
    expect(windows['1m'].tiers.L2).toMatchObject({ p50Ms: near(7), p99Ms: near(40) });
    expect(tiers.L2).toMatchObject({ p50Ms: near(48), p99Ms: near(99) });
  });

  it('looks back over one minute, five minutes and an hour', async () => {
    const metrics = new CacheMetrics({ clock: fleet.clock });
    metrics.start();
    watched.push(metrics);
    const hits = (count: number): void => {
      for (let hit = 0; hit < count; hit += 1) metrics.hit('balances', 'k', 'L1');
    };
    hits(1_000);
    await fleet.clock.advance(3_600_000);
    hits(100);
    await fleet.clock.advance(290_000);
    hits(10);
    await fleet.clock.advance(55_000);
    metrics.miss('balances', 'm');
    const { windows, requests, requestsPerSecond } = metrics.getStats();
    expect([windows['1m'].requests, windows['5m'].requests, windows['1h'].requests, requests]).toEqual([
      11, 11, 111, 1_111,
    ]);
    expect(windows['1m']).toMatchObject({ hits: 10, misses: 1, seconds: 60 });
    expect(requestsPerSecond).toBeCloseTo(11 / 60);
    await fleet.clock.advance(7_200_000);
    expect(metrics.getStats().windows['1h']).toMatchObject({ requests: 0, hitRate: null, avgResponseTimeMs: null });
  });

  it('names the keys that are hit most and those that miss most, with the entry they belong to', async () => {
    const one = await fleet.start();
    const metrics = watch(one);
    const hot = balances.ref({ address: '0xhot' });
    for (let read = 0; read < 5; read += 1) await one.manager.getOrSet(hot, amount('1'));
    for (let read = 0; read < 3; read += 1) {
      await one.manager.getOrSet(credits.ref({ wallet: 'cold' }), amount('1'));
      await one.invalidator.invalidateUserCache('cold');
    }
    const { topHitKeys, topMissKeys } = metrics.getStats();
    expect(topHitKeys[0]).toEqual({ key: hot.key, entry: 'balances', count: 4, estimated: 0 });
    expect(topMissKeys[0]).toEqual({ key: 'user:credits:cold', entry: 'credits', count: 3, estimated: 0 });
    expect(metrics.topHitKeys(10, 'credits')).toEqual([]);
  });

  it('samples the keys of hits beyond 10 000 a second, and still comes close', () => {
    const metrics = new CacheMetrics({ clock: fleet.clock });
    for (let hit = 0; hit < 1_000_000; hit += 1)
      metrics.hit('balances', hit % 3 === 0 ? 'often' : `k${hit % 100}`, 'L1');
    const [first] = metrics.topHitKeys(1);
    expect(first!.key).toBe('often');
    expect(Math.abs(first!.count - 333_334)).toBeLessThan(5_000);
    expect(metrics.getStats().hits).toBe(1_000_000);
  });

  it('counts each of more L1 hits than are told, for as long as it listens, and tells all to who wants each', async () => {
    const one = await fleet.start();
    const hot = balances.ref({ address: '0xhot' });
    const read = async (times: number): Promise<void> => {
      for (let time = 0; time < times; time += 1) await one.manager.getOrSet(hot, amount('1'));
    };
    await read(11);
    const metrics = watch(one);
    await read(150_000);
    expect(metrics.getStats()).toMatchObject({ hits: 150_000, tiers: { L1: { count: 150_000 } } });
    expect(metrics.counters().get('balances')!.values[0]).toBe(150_000);
    expect(Math.abs(metrics.topHitKeys(1)[0]!.count - 150_000)).toBeLessThan(10_000);
    let told = 0;
    const remove = one.events.add({ hit: () => (told += 1) });
    await read(1_000);
    remove();
    await read(500);
    expect([told, metrics.getStats().hits]).toEqual([1_000, 151_500]);
    metrics.stop();
    await read(100);
    expect(metrics.getStats().hits).toBe(151_500);
  });

  it('counts fills, refusals, loads, invalidations, stale answers and comparisons', async () => {
    const one = await fleet.start();
    const metrics = watch(one);
    const ref = balances.ref({ address: '0xabc' });
    const text = 'x'.repeat(100);
    await one.manager.getOrSet(ref, () => ({ amount: text }));
    await fleet.clock.advance(300_001);
    await one.manager.getOrSetResult(ref, () => Promise.reject(new CacheError('LOAD_TIMEOUT', 'slow')));
    await one.invalidator.invalidateByTag('wallet:0xabc');
    await one.invalidator.invalidateKey(ref);
    one.events.compared('balances', ref.key, 'mismatch', 400);
    expect(metrics.getStats()).toMatchObject({
      loads: { count: 1, failed: 1 },
      fills: { count: 1, bodyBytes: text.length + 13, compressionRatio: expect.any(Number) },
      staleServed: { error: 1, timeout: 0, overload: 0 },
      invalidations: { tag: { applied: 1, queued: 0 }, key: { applied: 1, queued: 0 }, all: { applied: 0 } },
      consistency: { mismatch: 1, mismatchAvgAgeMs: 400 },
      l1: one.l1Usage(),
    });
  });

  it('counts what was warmed, failed, was skipped, and was used before it expired', async () => {
    const one = await fleet.start();
    const metrics = watch(one);
    const outcomes = ['warmed', 'warmed', 'warmed', 'used', 'used', 'failed', 'skipped'] as const;
    for (const outcome of outcomes) one.events.warmed('balances', outcome);
    one.events.warmed('credits', 'warmed');
    const { warmed, entries } = metrics.getStats();
    expect(warmed).toEqual({ warmed: 4, failed: 1, skipped: 1, used: 2 });
    expect(entries['balances']!.warmed).toEqual({ warmed: 3, failed: 1, skipped: 1, used: 2 });
  });

  it('counts invalidations for the entries that they concern, as far as names tell', async () => {
    const one = await fleet.start();
    const metrics = watch(one);
    const { invalidator } = one;
    await invalidator.invalidateKey(balances.ref({ address: '0xabc' }));
    await invalidator.invalidateByTag('user:w');
    await invalidator.invalidateByPattern('user:*');
    await invalidator.invalidateByPattern('api:key:*');
    await invalidator.invalidateByTag('of nobody');
    await invalidator.clearNamespace('shop');
    await invalidator.invalidateAll();
    one.store.announceDown();
    await invalidator.invalidateByTags(['wallet:0xabc', 'user:w', 'user:x']);
    const perEntry = Object.entries(metrics.getStats().entries).map(([name, { invalidations }]) => [
      name,
      invalidations,
    ]);
    expect(Object.fromEntries(perEntry)).toEqual({
      balances: { applied: 2, queued: 1 },
      credits: { applied: 3, queued: 1 },
      'api keys': { applied: 2, queued: 0 },
    });
    const { tag, namespace, all } = metrics.getStats().invalidations;
    expect([tag, namespace, all]).toEqual([
      { applied: 2, queued: 1 },
      { applied: 1, queued: 0 },
      { applied: 1, queued: 0 },
    ]);
  });

  it('keeps a bounded number of names when a program makes entries up as it goes', () => {
    const metrics = new CacheMetrics({ clock: fleet.clock });
    for (let entry = 0; entry < 1_000; entry += 1) metrics.hit(`entry ${entry}`, 'k', 'L2');
    const { entries, hits } = metrics.getStats();
    expect([Object.keys(entries).length, hits, entries['(other)']!.hits]).toEqual([65, 1_000, 936]);
  });

  it('stops when it is told to', async () => {
    const one = await fleet.start();
    const metrics = watch(one);
    metrics.stop();
    await one.manager.getOrSet(balances.ref({ address: '0xabc' }), amount('1'));
    expect(metrics.getStats().requests).toBe(0);
  });
});
