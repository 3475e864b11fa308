import {
  amount,
  balances,
  gate,
  never,
  settled,
  SimulatedFleet,
  type Balance,
  type SimulatedProcess,
} from '../testing/simulated.fleet.js';

const ref = balances.ref({ address: '0xabc' });

describe('a store that fails', () => {
  let fleet: SimulatedFleet;
  beforeEach(() => {
    fleet = new SimulatedFleet();
  });
  afterEach(() => fleet.stop());

  it('is a miss that is not written, and nobody sees an error', async () => {
    const one = await fleet.start();
    one.store.fail('reject');
    expect(await one.manager.getOrSetResult(ref, amount('1'))).toMatchObject({ tier: 'MISS' });
    one.store.heal();
    expect(fleet.server.entries.get('tokens:0xabc')).toBeUndefined();
    expect((await one.manager.getOrSetResult(ref, never)).tier).toBe('L1');
  });

  it('is asked no more after three failures, until a probe succeeds', async () => {
    const one = await fleet.start();
    one.store.fail('reject');
    for (const address of ['a', 'b', 'c', 'd']) await one.manager.getOrSet(balances.ref({ address }), amount('1'));
    const calls = one.store.calls.get('readMany');
    await one.manager.getOrSet(balances.ref({ address: 'e' }), amount('1'));
    expect(one.store.calls.get('readMany')).toBe(calls);
    expect(one.storeState()).toBe('down');
    one.store.heal();
    await fleet.clock.advance(400);
    expect(one.storeState()).toBe('up');
  });

  it('keeps the source to one call an S for a hot key', async () => {
    const one = await fleet.start();
    one.store.fail('reject');
    let runs = 0;
    for (let second = 0; second < 20; second += 1) {
      await one.manager.getOrSet(ref, async () => {
        runs += 1;
        return { amount: '1' };
      });
      await fleet.clock.advance(1_000);
    }
    expect(runs).toBeLessThanOrEqual(4);
  });

  describe('lost while another process loads', () => {
    let waiter: SimulatedProcess;
    let answer: Balance | undefined;
    beforeEach(async () => {
      const holder = await fleet.start();
      waiter = await fleet.start();
      holder.manager.getOrSet(ref, gate<Balance>().loader).catch(() => {});
      await settled();
      answer = undefined;
      void waiter.manager.getOrSet(ref, amount('own')).then((own) => (answer = own));
      await settled();
    });

    it('sends who waits for that load to the source at once, when it is known to be lost', async () => {
      waiter.store.announceDown();
      await settled();
      expect(answer).toEqual({ amount: 'own' });
    });

    it('sends who waits for that load to the source within 100 ms, when it just stops answering', async () => {
      waiter.store.fail('reject');
      await fleet.clock.advance(100);
      expect(answer).toEqual({ amount: 'own' });
    });
  });

  it('garbage, another schema and a truncated value are misses and events', async () => {
    const one = await fleet.start();
    const faults: string[] = [];
    one.events.add({ decodeFailed: (_entry, _key, fault) => faults.push(fault) });
    await one.manager.getOrSet(ref, amount('1'));
    const good = fleet.server.entries.get('tokens:0xabc')!;
    for (const bad of [Buffer.from('garbage'), good.subarray(0, 10), good.subarray(0, good.length - 3)]) {
      fleet.server.entries.set('tokens:0xabc', bad, 60_000);
      expect(await one.manager.get(ref, { mode: 'L2' })).toBeUndefined();
    }
    expect(faults).toEqual(['garbage', 'garbage', 'garbage']);
  });

  it('a value of an earlier schema is replaced once, not loaded again and again', async () => {
    const earlier = await fleet.start();
    await earlier.manager.getOrSet(ref, amount('1'));
    const raised = { overrides: { balances: { schema: 1 } } };
    const later = await fleet.start(raised);
    expect(await later.manager.getOrSetResult(ref, amount('2'))).toMatchObject({
      tier: 'MISS',
      value: { amount: '2' },
    });
    const another = await fleet.start(raised);
    expect(await another.manager.getOrSetResult(ref, never)).toMatchObject({ tier: 'L2', value: { amount: '2' } });
  });
});
