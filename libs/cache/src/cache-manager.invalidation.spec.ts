import { amount, balances, gate, never, settled, SimulatedFleet, type Balance } from '../testing/simulated.fleet.js';

const ref = balances.ref({ address: '0xabc' });

describe('invalidation', () => {
  let fleet: SimulatedFleet;
  beforeEach(() => {
    fleet = new SimulatedFleet();
  });
  afterEach(() => fleet.stop());

  it('a fill in flight while its tag is invalidated leaves nothing behind', async () => {
    const one = await fleet.start();
    const other = await fleet.start();
    const { loader, runs } = gate<Balance>();
    const early = one.manager.getOrSet(ref, loader);
    await settled();
    expect(await other.invalidator.invalidateByTag('wallet:0xabc')).toMatchObject({ status: 'applied' });
    runs[0]!.release({ amount: 'old' });
    expect(await early).toEqual({ amount: 'old' });
    for (const process of [one, other]) {
      const result = await process.manager.getOrSetResult(ref, amount('new'));
      expect(result.value).toEqual({ amount: 'new' });
    }
  });

  it('a fill in flight while its key is invalidated leaves nothing behind', async () => {
    const one = await fleet.start();
    const other = await fleet.start();
    const { loader, runs } = gate<Balance>();
    const early = one.manager.getOrSet(ref, loader);
    await settled();
    await other.invalidator.invalidateKey(ref);
    runs[0]!.release({ amount: 'old' });
    await early;
    expect(await one.manager.getOrSet(ref, amount('new'))).toEqual({ amount: 'new' });
  });

  it.each(['wallet:0xabc', 'prefix', 'all', 'namespace'])('reaches L1 of the other processes: %s', async (kind) => {
    const one = await fleet.start();
    const other = await fleet.start();
    const target = kind === 'namespace' ? balances.ref({ address: '0xabc' }, { namespace: 'shop' }) : ref;
    await one.manager.getOrSet(target, amount('old'));
    await other.manager.getOrSet(target, never);
    if (kind === 'prefix') await one.invalidator.invalidateByPattern('tokens:*');
    else if (kind === 'all') await one.invalidator.invalidateAll();
    else if (kind === 'namespace') await one.invalidator.clearNamespace('shop');
    else await one.invalidator.invalidateByTag(kind);
    await settled();
    expect((await other.manager.getOrSetResult(target, amount('new'))).tier).toBe('MISS');
  });

  it('nobody who arrives after an invalidation joins a load that began before it', async () => {
    const one = await fleet.start();
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
    const one = await fleet.start();
    const deaf = await fleet.start();
    await one.manager.getOrSet(ref, amount('old'));
    await deaf.manager.getOrSet(ref, never);
    fleet.deafen();
    await one.invalidator.invalidateByTag('wallet:0xabc');
    await fleet.clock.advance(4_999);
    expect(await deaf.manager.getOrSet(ref, never)).toEqual({ amount: 'old' });
    await fleet.clock.advance(1);
    expect(await deaf.manager.getOrSet(ref, amount('new'))).toEqual({ amount: 'new' });
  });

  it('tells whether a key was there, and counts nothing that was already invalid', async () => {
    const one = await fleet.start();
    expect(await one.invalidator.invalidateKey(ref)).toBe(false);
    await one.manager.getOrSet(ref, amount('1'));
    expect(await one.invalidator.invalidateKey('tokens:0xabc')).toBe(true);
    await one.manager.getOrSet(ref, amount('1'));
    await one.invalidator.invalidateByTag('wallet:0xabc');
    expect(await one.invalidator.invalidateKey(ref)).toBe(false);
  });

  it('is queued while the store is away, and the store is not believed before it was applied', async () => {
    const one = await fleet.start();
    await one.manager.getOrSet(ref, amount('old'));
    one.store.fail('reject');
    expect(await one.invalidator.invalidateByTag('wallet:0xabc')).toMatchObject({ status: 'queued' });
    one.store.heal();
    expect(await one.manager.getOrSet(ref, amount('new'))).toEqual({ amount: 'new' });
    await one.relayOutbox();
    expect(one.storeState()).toBe('up');
    expect(await one.manager.getOrSetResult(ref, amount('newer'), { mode: 'L2' })).toMatchObject({ tier: 'MISS' });
  });

  it('a value older than a demanded height is kept for two seconds at most', async () => {
    const heightAware = { balances: { heightAware: true } };
    const one = await fleet.start({ overrides: heightAware });
    const other = await fleet.start({ overrides: heightAware });
    await one.invalidator.invalidateByTag('wallet:0xabc', { minHeight: 100 });
    await other.manager.getOrSet(ref, (context) => {
      context.atHeight(99);
      return { amount: 'lagging' };
    });
    expect(await other.manager.ttl(ref)).toBeLessThanOrEqual(2_000);
    await fleet.clock.advance(2_000);
    await other.manager.getOrSet(ref, (context) => {
      expect(context.minHeight).toBe(100);
      context.atHeight(100);
      return { amount: 'right' };
    });
    expect(await other.manager.ttl(ref)).toBeGreaterThan(200_000);
  });
});
