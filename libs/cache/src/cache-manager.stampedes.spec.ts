import { amount, balances, gate, settled, SimulatedFleet, type Balance } from '../testing/simulated.fleet.js';

const ref = balances.ref({ address: '0xabc' });

describe('stampedes', () => {
  let fleet: SimulatedFleet;
  beforeEach(() => {
    fleet = new SimulatedFleet();
  });
  afterEach(() => fleet.stop());

  it('one load for many callers in many processes', async () => {
    const processes = [await fleet.start(), await fleet.start(), await fleet.start(), await fleet.start()];
    await settled();
    const { loader, runs } = gate<Balance>();
    const callers = processes.flatMap((process) =>
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
    const processes = [await fleet.start(), await fleet.start(), await fleet.start()];
    await settled();
    let runs = 0;
    const failure = new Error('source down');
    const loader = async () => {
      runs += 1;
      await settled();
      throw failure;
    };
    const callers = processes.flatMap((process) =>
      Array.from({ length: 20 }, () => process.manager.getOrSet(ref, loader)),
    );
    const outcomes = await Promise.allSettled(callers);
    expect(outcomes.every((outcome) => outcome.status === 'rejected' && outcome.reason === failure)).toBe(true);
    expect(runs).toBeLessThanOrEqual(3);
  });

  it('a holder that died delays the others by its lease at most', async () => {
    const dying = await fleet.start();
    const other = await fleet.start();
    void dying.manager.getOrSet(ref, () => new Promise<never>(() => {})).catch(() => {});
    await settled();
    dying.store.fail('hang');
    const waiting = other.manager.getOrSet(ref, amount('2'));
    await fleet.clock.advance(2_001);
    expect(await waiting).toEqual({ amount: '2' });
  });

  it('a slow load keeps its lease', async () => {
    const one = await fleet.start();
    const other = await fleet.start();
    const { loader, runs } = gate<Balance>();
    const first = one.manager.getOrSet(ref, loader);
    await settled();
    const second = other.manager.getOrSet(ref, loader);
    await fleet.clock.advance(7_000);
    expect(runs).toHaveLength(1);
    runs[0]!.release({ amount: '1' });
    expect(await Promise.all([first, second])).toEqual([{ amount: '1' }, { amount: '1' }]);
  });

  it('nobody waits for a load that was overtaken by an invalidation', async () => {
    const one = await fleet.start();
    const other = await fleet.start();
    const { loader } = gate<Balance>();
    void one.manager.getOrSet(ref, loader).catch(() => {});
    await settled();
    await one.invalidator.invalidateByTag('wallet:0xabc');
    expect(await other.manager.getOrSet(ref, amount('new'))).toEqual({ amount: 'new' });
  });
});
