import { settled, SimulatedFleet, balances, amount, never, type Balance } from '../../testing/simulated.fleet.js';
import { createCache } from '../create-cache.js';
import { Catalog } from '../catalog.js';
import { MemoryOutbox } from './memory.outbox.js';
import { memoryTier } from '../store/memory.store.js';

const ref = balances.ref({ address: '0xabc' });

describe('the outbox relay', () => {
  let fleet: SimulatedFleet;
  let outbox: MemoryOutbox;
  beforeEach(() => {
    fleet = new SimulatedFleet();
    outbox = new MemoryOutbox(fleet.clock);
  });
  afterEach(() => fleet.stop());

  const startWith = (shared: MemoryOutbox) => {
    const tier = memoryTier(fleet.server, { clock: fleet.clock });
    return createCache({
      catalog: new Catalog([balances]),
      store: tier.store,
      bus: tier.bus,
      outbox: shared,
      clock: fleet.clock,
    });
  };

  it('applies what another process committed and could not apply itself', async () => {
    const cache = startWith(outbox);
    await cache.start();
    await cache.manager.getOrSet(ref, amount('old'));
    await outbox.add({ tags: ['wallet:0xabc'], keys: [] });
    await fleet.clock.advance(250);
    expect(await cache.manager.getOrSet(ref, amount('new'))).toEqual({ amount: 'new' });
    expect(await outbox.pending(10)).toEqual([]);
    await cache.close();
  });

  it('tells its own process of what it applied, which hears of it from nobody else', async () => {
    const cache = startWith(outbox);
    await cache.start();
    const invalidationReceived = jest.fn();
    cache.events.add({ invalidationReceived });
    await outbox.add({ tags: ['wallet:0xabc'], keys: [], minHeight: 7 });
    await fleet.clock.advance(250);
    expect(invalidationReceived.mock.calls).toEqual([[['wallet:0xabc'], []]]);
    expect((await cache.manager.explain(ref.key)).lastInvalidation).toMatchObject({
      by: 'the outbox',
      of: 'wallet:0xabc',
    });
    await cache.close();
  });

  it('keeps what it demands of the height, without a second tier too', async () => {
    const cache = createCache({
      catalog: new Catalog([balances]),
      overrides: { balances: { heightAware: true } },
      outbox,
      clock: fleet.clock,
    });
    await cache.start();
    await outbox.add({ tags: ['wallet:0xabc'], keys: [], minHeight: 7 });
    await fleet.clock.advance(250);
    await cache.manager.getOrSet(ref, async (context) => {
      context.atHeight(6);
      return { amount: 'older' };
    });
    await fleet.clock.advance(2_000);
    expect((await cache.manager.getOrSetResult(ref, amount('new'))).tier).toBe('MISS');
    await cache.close();
  });

  it('applies what was applied to the server before, although the outbox fails at first', async () => {
    const cache = startWith(outbox);
    await cache.start();
    await cache.manager.getOrSet(ref, amount('1'));
    await cache.manager.getOrSet(ref, never, { mode: 'L2' });
    const recent = jest.spyOn(outbox, 'recent').mockRejectedValueOnce(new Error('the database is away'));
    fleet.server.changeIdentity();
    await cache.manager.getOrSet(ref, amount('2'), { mode: 'L2' });
    await fleet.clock.advance(500);
    expect(recent).toHaveBeenCalledTimes(2);
    expect(cache.storeState()).toBe('up');
    await cache.close();
  });

  it('takes nothing from the store that was invalidated there in vain while it waited for it', async () => {
    const [holder, waiter] = [await fleet.start(), await fleet.start()];
    let answer: (value: Balance) => void = () => {};
    const loading = holder.manager.getOrSet(ref, () => new Promise<Balance>((resolve) => (answer = resolve)));
    await settled();
    const waiting = waiter.manager.getOrSet(ref, amount('new'));
    await settled();
    waiter.store.fail('reject', { operation: 'invalidate' });
    expect((await waiter.invalidator.invalidateByTag('wallet:0xabc')).status).toBe('queued');
    await fleet.clock.advance(80);
    answer({ amount: 'old' });
    await loading;
    await fleet.clock.advance(80);
    await waiting;
    expect(await waiter.manager.getOrSet(ref, amount('new'))).toEqual({ amount: 'new' });
    waiter.store.heal();
  });

  it('looks once more for who asked while it was looking', async () => {
    const cache = startWith(outbox);
    await cache.start();
    await cache.manager.getOrSet(ref, amount('old'));
    const first = cache.relayOutbox();
    await outbox.add({ tags: ['wallet:0xabc'], keys: [] });
    await cache.relayOutbox();
    await first;
    expect(await outbox.pending(10)).toEqual([]);
    expect((await cache.manager.getOrSetResult(ref, amount('new'))).tier).toBe('MISS');
    await cache.close();
  });

  it('does not believe the store while the outbox cannot be read, and does again once it can', async () => {
    const cache = startWith(outbox);
    await cache.start();
    await cache.manager.getOrSet(ref, amount('1'));
    const pending = outbox.pending.bind(outbox);
    outbox.pending = () => Promise.reject(new Error('the database is away'));
    await fleet.clock.advance(250);
    expect(cache.storeState()).toBe('down');
    outbox.pending = pending;
    await fleet.clock.advance(250);
    expect(cache.storeState()).toBe('up');
    expect((await cache.manager.getOrSetResult(ref, never, { mode: 'L2' })).tier).toBe('L2');
    await cache.close();
  });

  it('doubts the store while it holds something old that the store does not take', async () => {
    const process = await fleet.start();
    await process.start();
    process.store.fail('reject', { operation: 'invalidate' });
    await process.invalidator.invalidateByTag('wallet:0xabc');
    await fleet.clock.advance(5_000);
    expect(process.storeState()).toBe('down');
    process.store.heal();
    await fleet.clock.advance(1_000);
    await settled();
    expect(process.storeState()).toBe('up');
  });

  it('applies recent rows again when the store is another one', async () => {
    const process = await fleet.start();
    await process.start();
    await process.manager.getOrSet(balances.ref({ address: 'other' }), amount('1'));
    process.store.fail('reject', { operation: 'invalidate', times: 1 });
    await process.invalidator.invalidateByTag('wallet:0xabc');
    await fleet.clock.advance(1_000);
    const before = process.store.calls.get('invalidate')!;
    fleet.server.changeIdentity();
    await process.manager.getOrSet(ref, amount('1'));
    await settled();
    expect(process.store.calls.get('invalidate')).toBe(before + 1);
  });
});
