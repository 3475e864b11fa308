import {
  amount,
  balances,
  credits,
  gate,
  never,
  settled,
  SimulatedFleet,
  type Balance,
  type SimulatedProcess,
} from '../testing/simulated.fleet.js';

const ref = balances.ref({ address: '0xabc' });

describe('freshness', () => {
  let fleet: SimulatedFleet;
  beforeEach(() => {
    fleet = new SimulatedFleet();
  });
  afterEach(() => fleet.stop());

  const expired = async (one: SimulatedProcess) => {
    await one.manager.getOrSet(ref, amount('old'));
    await fleet.clock.advance(301_000);
  };

  it('a failing source is covered by an expired value within grace, with its age', async () => {
    const one = await fleet.start();
    await expired(one);
    const result = await one.manager.getOrSetResult(ref, () => Promise.reject(new Error('down')));
    expect(result).toMatchObject({ tier: 'STALE', value: { amount: 'old' }, freshForMs: 0 });
    expect(result.ageMs).toBeGreaterThanOrEqual(301_000);
  });

  it('grace never brings back what was invalidated', async () => {
    const one = await fleet.start();
    const other = await fleet.start();
    await expired(one);
    await other.invalidator.invalidateByTag('wallet:0xabc');
    await expect(one.manager.getOrSet(ref, () => Promise.reject(new Error('down')))).rejects.toThrow('down');
  });

  it('nor what is invalidated while the source fails', async () => {
    const one = await fleet.start();
    const other = await fleet.start();
    await expired(one);
    const { loader, runs } = gate<Balance>();
    const waiting = one.manager.getOrSet(ref, loader);
    await settled();
    fleet.deafen();
    await other.invalidator.invalidateByTag('wallet:0xabc');
    runs[0]!.fail(new Error('down'));
    await expect(waiting).rejects.toThrow('down');
  });

  it('an entry without grace shows the failure', async () => {
    const one = await fleet.start();
    const key = credits.ref({ wallet: 'w' });
    await one.manager.getOrSet(key, amount('1'));
    await fleet.clock.advance(301_000);
    await expect(one.manager.getOrSet(key, () => Promise.reject(new Error('down')))).rejects.toThrow('down');
  });

  it('a slow source is covered after the soft timeout, and its value arrives later', async () => {
    const one = await fleet.start();
    await expired(one);
    const { loader, runs } = gate<Balance>();
    const waiting = one.manager.getOrSetResult(ref, loader);
    await fleet.clock.advance(200);
    expect(await waiting).toMatchObject({ tier: 'STALE', value: { amount: 'old' } });
    expect((await one.manager.getOrSetResult(ref, loader)).tier).toBe('STALE');
    expect(runs).toHaveLength(1);
    runs[0]!.release({ amount: 'new' });
    await settled();
    expect(await one.manager.getOrSetResult(ref, never)).toMatchObject({ value: { amount: 'new' }, tier: 'L1' });
  });

  it('a loader that takes too long fails with its limit', async () => {
    const one = await fleet.start();
    const waiting = one.manager.getOrSet(
      ref,
      ({ signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    );
    const outcome = waiting.catch((error: unknown) => error);
    await fleet.clock.advance(10_000);
    expect(await outcome).toMatchObject({ code: 'LOAD_TIMEOUT' });
  });

  it('a hit near the end of the fresh life refreshes in the background, once in the fleet', async () => {
    const one = await fleet.start();
    const other = await fleet.start();
    await one.manager.getOrSet(ref, amount('old'));
    await fleet.clock.advance(250_000);
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
    await fleet.clock.advance(100_000);
    expect(await one.manager.getOrSetResult(ref, never)).toMatchObject({ value: { amount: 'new' }, tier: 'L2' });
  });

  it('mode fresh reads the source and replaces what was cached', async () => {
    const one = await fleet.start();
    await one.manager.getOrSet(ref, amount('old'));
    expect(await one.manager.getOrSetResult(ref, amount('new'), { mode: 'fresh' })).toMatchObject({
      tier: 'MISS',
      value: { amount: 'new' },
    });
    expect(await one.manager.getOrSetResult(ref, never)).toMatchObject({ value: { amount: 'new' } });
    const other = await fleet.start();
    expect(await other.manager.get(ref)).toEqual({ amount: 'new' });
  });

  it('jitter only shortens a life', async () => {
    const one = await fleet.start({ overrides: { balances: { jitter: 0.5 } } });
    await one.manager.getOrSet(ref, amount('1'));
    const left = await one.manager.ttl(ref);
    expect(left).toBeLessThanOrEqual(300_000);
    expect(left).toBeGreaterThanOrEqual(150_000);
  });
});
