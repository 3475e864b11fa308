import { ConsistencyCheck } from './consistency.check.js';
import { ConsistencySampler } from './consistency.sampler.js';
import { ShadowReads } from './shadow.reads.js';
import type { Comparison } from '../events.js';
import { amount, balances, settled, SimulatedFleet, type SimulatedProcess } from '../../testing/simulated.fleet.js';

const ref = balances.ref({ address: '0xabc' });

describe('consistency is measured', () => {
  let fleet: SimulatedFleet;
  let one: SimulatedProcess;
  let check: ConsistencyCheck;
  beforeEach(async () => {
    fleet = new SimulatedFleet();
    one = await fleet.start();
    check = new ConsistencyCheck(one.hits, fleet.clock);
    await one.manager.getOrSet(ref, amount('1'));
  });
  afterEach(() => fleet.stop());

  const source = (value: string) => async () => ({ amount: value });

  it('agrees where the source says the same', async () => {
    await fleet.clock.advance(700);
    expect(await check.verdict(ref, source('1'))).toEqual({ result: 'agree', ageMs: 700 });
  });

  it('finds a value that its source no longer has, and says how old it is', async () => {
    const verdict = check.verdict(ref, source('2'));
    await fleet.clock.advance(2_000);
    expect(await verdict).toEqual({ result: 'mismatch', ageMs: 2_000 });
  });

  it('takes no write between the two reads for an error', async () => {
    const verdict = check.verdict(ref, async () => {
      await one.invalidator.invalidateKey(ref);
      return { amount: '2' };
    });
    expect(await verdict).toMatchObject({ result: 'overtaken' });
  });

  it('waits for an invalidation that follows a commit after a while', async () => {
    const verdict = check.verdict(ref, source('2'));
    await fleet.clock.advance(1_500);
    await one.invalidator.invalidateKey(ref);
    await one.manager.getOrSet(ref, amount('2'));
    await fleet.clock.advance(500);
    expect(await verdict).toMatchObject({ result: 'overtaken' });
  });

  it('knows entries that may be old, and what of a value may move by itself', async () => {
    const aged = new ConsistencyCheck(one.hits, fleet.clock, { balances: { allowedAgeMs: 60_000 } });
    await fleet.clock.advance(60_000);
    expect(await aged.verdict(ref, source('2'))).toMatchObject({ result: 'aged' });
    await fleet.clock.advance(1);
    const late = aged.verdict(ref, source('2'));
    await fleet.clock.advance(2_000);
    expect(await late).toMatchObject({ result: 'mismatch' });

    const length = ({ amount: text }: { amount: string }) => text.length;
    const partly = new ConsistencyCheck(one.hits, fleet.clock, { balances: { comparable: length } });
    expect(await partly.verdict(ref, source('2'))).toMatchObject({ result: 'agree' });
    const never = new ConsistencyCheck(one.hits, fleet.clock, { balances: { comparable: () => null } });
    expect(await never.verdict(ref, source('2'))).toBeNull();
  });

  it('says nothing of what is not cached, and that a source failed', async () => {
    expect(await check.verdict(balances.ref({ address: '0xdef' }), source('2'))).toBeNull();
    expect(await check.verdict(ref, () => Promise.reject(new Error('down')))).toMatchObject({ result: 'failed' });
  });

  describe('by a sampler', () => {
    let results: Comparison[];
    let loads: number;

    function sample(share: number): void {
      results = [];
      loads = 0;
      const loaderOf = () => () => () => {
        loads += 1;
        return { amount: '1' };
      };
      const sampler = new ConsistencySampler(one.catalog, loaderOf, check, one.events, { share, clock: fleet.clock });
      one.events.add(sampler);
      one.events.add({ compared: (_entry, _key, result) => results.push(result) });
    }

    it('that reads at most five sources a second, and each key once at a time', async () => {
      sample(1);
      for (let wallet = 0; wallet < 20; wallet += 1) {
        const other = balances.ref({ address: `0x${wallet}` });
        await one.manager.getOrSet(other, amount('1'));
        await one.manager.getOrSet(other, amount('1'));
      }
      await settled();
      expect([loads, results]).toEqual([5, Array<string>(5).fill('agree')]);
      await fleet.clock.advance(1_000);
      await Promise.all([1, 2, 3].map(() => one.manager.getOrSet(ref, amount('1'))));
      await settled();
      expect(loads).toBe(6);
    });

    it('that leaves alone what was read from its source a moment ago', async () => {
      sample(0.999);
      for (let hit = 0; hit < 200; hit += 1) await one.manager.getOrSet(ref, amount('1'));
      await settled();
      expect(loads).toBe(0);
      await fleet.clock.advance(5_000);
      for (let hit = 0; hit < 20; hit += 1) await one.manager.getOrSet(ref, amount('1'));
      await settled();
      expect(loads).toBeGreaterThan(0);
    });

    it('that takes its share of hits and counts as no read', async () => {
      sample(0.001);
      await fleet.clock.advance(5_000);
      let reads = 0;
      one.events.add({ hit: () => void (reads += 1), miss: () => void (reads += 1) });
      for (let hit = 0; hit < 3_000; hit += 1) {
        await one.manager.getOrSet(ref, amount('1'));
        if (hit % 500 === 0) await settled();
      }
      await settled();
      expect(reads).toBe(3_000);
      // The clock's chance is one half: each gap is ln 0.5 / ln 0.999 = 692 hits long.
      expect(results.length).toBe(4);
    });
  });

  describe('in shadow mode', () => {
    const results: Comparison[] = [];
    beforeEach(() => {
      results.length = 0;
      one.events.add({ compared: (_entry, _key, result) => results.push(result) });
      one.manager.shadowBy(new ShadowReads(new Set(['balances']), check, one.events));
    });

    it('answers from the source and compares the cache, which works beside it', async () => {
      expect(await one.manager.getOrSetResult(ref, amount('2'))).toMatchObject({
        value: { amount: '2' },
        tier: 'MISS',
      });
      expect(await one.manager.getOrSet(ref, amount('3'))).toEqual({ amount: '3' });
      await fleet.clock.advance(2_000);
      expect(results).toEqual(['mismatch', 'mismatch']);
      one.manager.shadowBy(null);
      expect(await one.manager.getOrSet(ref, amount('4'))).toEqual({ amount: '1' });
    });

    it('answers many keys from the source too', async () => {
      const results = await one.manager.getOrSetMany([ref, balances.ref({ address: '0xdef' })], (missing) =>
        missing.map(() => ({ amount: '2' })),
      );
      expect(results.map(({ value, tier }) => [value.amount, tier])).toEqual([
        ['2', 'MISS'],
        ['2', 'MISS'],
      ]);
    });

    it('runs the loader once where nothing was cached, and passes its error on where the cache could have answered', async () => {
      let loads = 0;
      const load = () => ({ amount: String((loads += 1)) });
      const other = balances.ref({ address: '0xdef' });
      expect(await one.manager.getOrSet(other, load)).toEqual({ amount: '1' });
      expect(loads).toBe(1);
      await expect(one.manager.getOrSet(other, () => Promise.reject(new Error('down')))).rejects.toThrow('down');
      expect(results).toEqual(['failed']);
    });
  });
});
