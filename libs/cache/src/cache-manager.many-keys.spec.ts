import { balances, gate, never, settled, SimulatedFleet, type Balance } from '../testing/simulated.fleet.js';

describe('many keys', () => {
  let fleet: SimulatedFleet;
  beforeEach(() => {
    fleet = new SimulatedFleet();
  });
  afterEach(() => fleet.stop());

  const refs = ['a', 'b', 'c'].map((address) => balances.ref({ address }));

  it('costs one read, one lease round trip, one bulk load and one fill', async () => {
    const one = await fleet.start();
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
    const other = await fleet.start();
    expect((await other.manager.getOrSetMany(refs, load)).map((result) => result.tier)).toEqual(['L2', 'L2', 'L2']);
  });

  it('shares loads with single callers of the same keys, in both directions', async () => {
    const one = await fleet.start();
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
    const one = await fleet.start();
    const other = await fleet.start();
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
