import { amount, apiKeys, balances, SimulatedFleet } from '../testing/simulated.fleet.js';
import type { SimulatedProcess } from '../testing/simulated.fleet.js';

const ref = balances.ref({ address: 'a' });
const NONE = Number.NaN;

describe('a reader of hits', () => {
  let fleet: SimulatedFleet;
  let one: SimulatedProcess;
  let other: SimulatedProcess;
  const hits: string[] = [];

  beforeEach(async () => {
    fleet = new SimulatedFleet();
    [one, other] = [await fleet.start(), await fleet.start()];
    hits.splice(0);
    one.events.add({
      hit: (entry, key, tier) => void hits.push(`${tier} ${entry} ${key}`),
      miss: () => void hits.push('miss'),
    });
  });

  afterEach(() => fleet.stop());

  it('finds in L1 what was read, and nothing before', async () => {
    expect(one.hits.fromL1(ref, NONE)).toBeUndefined();
    await one.manager.getOrSet(ref, amount('1'));
    await fleet.clock.advance(100);
    const hit = one.hits.fromL1(ref, NONE);
    expect(hit).toMatchObject({ tier: 'L1', ageMs: 100, value: { amount: '1' } });
    expect(hits).toEqual(['miss', 'L1 balances tokens:a']);
  });

  it('leaves the value out where the caller knows the fill', async () => {
    await one.manager.getOrSet(ref, amount('1'));
    const { fill } = one.hits.fromL1(ref, NONE)!;
    expect(one.hits.fromL1(ref, fill)).toMatchObject({ fill, value: undefined });
    await one.invalidator.invalidateByTag('wallet:a');
    await one.manager.getOrSet(ref, amount('2'));
    const after = one.hits.fromL1(ref, fill)!;
    expect(after.value).toEqual({ amount: '2' });
    expect(after.fill).not.toBe(fill);
  });

  it('finds nothing after an invalidation, in either tier', async () => {
    await one.manager.getOrSet(ref, amount('1'));
    await other.invalidator.invalidateByTag('wallet:a');
    expect(one.hits.fromL1(ref, NONE)).toBeUndefined();
    expect(await one.hits.fromL2(ref, NONE)).toBeNull();
    expect(hits).toEqual(['miss']);
  });

  it('does not serve from L1 beyond S, and finds it in L2, from where it is kept', async () => {
    await one.manager.getOrSet(ref, amount('1'));
    await fleet.clock.advance(5_000);
    expect(one.hits.fromL1(ref, NONE)).toBeUndefined();
    expect(await one.hits.fromL2(ref, NONE)).toMatchObject({ tier: 'L2', ageMs: 5_000, value: { amount: '1' } });
    expect(one.hits.fromL1(ref, NONE)).toMatchObject({ tier: 'L1', value: { amount: '1' } });
  });

  it('does not keep what was invalidated while it was read', async () => {
    await other.manager.getOrSet(ref, amount('1'));
    const read = one.hits.fromL2(ref, NONE);
    await Promise.all([read, other.invalidator.invalidateByTag('wallet:a')]);
    expect(one.hits.fromL1(ref, NONE)).toBeUndefined();
  });

  it('gives two processes one name for one fill, so that a known one need not be decoded where L1 may hold nothing', async () => {
    const key = apiKeys.ref({ hash: 'h' });
    await other.manager.getOrSet(key, amount('1'));
    const { fill, value } = (await one.hits.fromL2(key, NONE))!;
    expect(value).toEqual({ amount: '1' });
    expect((await other.hits.fromL2(key, NONE))!.fill).toBe(fill);
    expect(await one.hits.fromL2(key, fill)).toMatchObject({ fill, value: undefined });
    expect(one.hits.fromL1(key, NONE)).toBeUndefined();
  });

  it('leaves to getOrSet what is due for a refresh, and what it shadows', async () => {
    await one.manager.getOrSet(ref, amount('1'));
    await fleet.clock.advance(299_000);
    expect(one.hits.fromL1(ref, NONE)).toBeUndefined();
    expect(await one.hits.fromL2(ref, NONE)).toBeNull();
    await one.manager.getOrSet(ref, amount('2'), { mode: 'fresh' });
    one.manager.shadowBy({ covers: (entry) => entry === 'balances', read: (_ref, _loader, cached) => cached() });
    expect(one.hits.fromL1(ref, NONE)).toBeUndefined();
    expect(await one.hits.fromL2(ref, NONE)).toBeNull();
  });

  it('finds nothing while the store does not answer', async () => {
    await other.manager.getOrSet(ref, amount('1'));
    one.store.fail('reject', { operation: 'readMany' });
    expect(await one.hits.fromL2(ref, NONE)).toBeNull();
  });
});
