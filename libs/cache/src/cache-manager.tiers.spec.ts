import { amount, apiKeys, balances, credits, never, SimulatedFleet } from '../testing/simulated.fleet.js';

const ref = balances.ref({ address: '0xabc' });

describe('tiers', () => {
  let fleet: SimulatedFleet;
  beforeEach(() => {
    fleet = new SimulatedFleet();
  });
  afterEach(() => fleet.stop());

  it('answers from the loader, then from L1, and another process from L2', async () => {
    const one = await fleet.start();
    const other = await fleet.start();
    expect(await one.manager.getOrSetResult(ref, amount('1'))).toMatchObject({ value: { amount: '1' }, tier: 'MISS' });
    expect(await one.manager.getOrSetResult(ref, never)).toMatchObject({ value: { amount: '1' }, tier: 'L1' });
    expect(await other.manager.getOrSetResult(ref, never)).toMatchObject({ value: { amount: '1' }, tier: 'L2' });
  });

  it('asks the store again once S has passed, strictly', async () => {
    const one = await fleet.start();
    await one.manager.getOrSet(ref, amount('1'));
    await fleet.clock.advance(4_999);
    expect((await one.manager.getOrSetResult(ref, never)).tier).toBe('L1');
    await fleet.clock.advance(1);
    expect((await one.manager.getOrSetResult(ref, never)).tier).toBe('L2');
  });

  it('never keeps an entry with S = 0 in L1', async () => {
    const one = await fleet.start();
    const key = apiKeys.ref({ hash: 'aa' });
    await one.manager.getOrSet(key, amount('1'));
    expect((await one.manager.getOrSetResult(key, never)).tier).toBe('L2');
    expect((await one.manager.getOrSetResult(key, never)).tier).toBe('L2');
  });

  it('caches null, 0, the empty string and false', async () => {
    const one = await fleet.start();
    for (const falsy of [null, 0, '', false]) {
      const key = `falsy:${JSON.stringify(falsy)}`;
      await one.manager.getOrSet(key, () => falsy);
      expect(await one.manager.getOrSet<unknown>(key, never)).toBe(falsy);
      expect(await one.manager.getOrSet<unknown>(key, never, { mode: 'L2' })).toBe(falsy);
    }
  });

  it('remembers an absent record for its own life, and not at all where none is stated', async () => {
    const one = await fleet.start();
    const absent = credits.ref({ wallet: 'w' });
    expect(await one.manager.getOrSet(absent, () => undefined)).toBeUndefined();
    expect((await one.manager.getOrSetResult(absent, never)).tier).toBe('L1');
    await fleet.clock.advance(10_000);
    expect((await one.manager.getOrSetResult(absent, amount('1'))).tier).toBe('MISS');
    await one.manager.getOrSet(ref, () => undefined);
    expect((await one.manager.getOrSetResult(ref, amount('1'))).tier).toBe('MISS');
  });

  it('hands out values that a caller cannot change', async () => {
    const one = await fleet.start();
    const first = await one.manager.getOrSet(ref, amount('1'));
    expect(() => {
      (first as { amount: string }).amount = '2';
    }).toThrow(TypeError);
    const again = await one.manager.getOrSet(ref, never);
    expect(Object.isFrozen(again)).toBe(true);
    expect(again).toEqual({ amount: '1' });
  });

  it('names the place of a value that JSON cannot carry', async () => {
    const one = await fleet.start();
    await expect(one.manager.getOrSet('big:1', () => ({ amount: 1n }))).rejects.toMatchObject({
      code: 'NOT_JSON',
      message: expect.stringContaining('$.amount'),
    });
  });

  it('serves and counts, but does not store, a value above its limit', async () => {
    const one = await fleet.start({ overrides: { balances: { maxBytes: 10 } } });
    const refused: string[] = [];
    one.events.add({ fillRefused: (_entry, _key, reason) => refused.push(reason) });
    expect(await one.manager.getOrSet(ref, amount('1234567890'))).toEqual({ amount: '1234567890' });
    expect(refused).toEqual(['too-large']);
    expect((await one.manager.getOrSetResult(ref, amount('2'))).tier).toBe('MISS');
  });

  it('works in one process without a store, with the same semantics', async () => {
    const alone = await fleet.startAlone();
    expect((await alone.manager.getOrSetResult(ref, amount('1'))).tier).toBe('MISS');
    await fleet.clock.advance(200_000);
    expect((await alone.manager.getOrSetResult(ref, never)).tier).toBe('L1');
    await alone.invalidator.invalidateByTag('wallet:0xabc');
    expect(await alone.manager.getOrSetResult(ref, amount('2'))).toMatchObject({
      tier: 'MISS',
      value: { amount: '2' },
    });
    await alone.manager.set('plain:1', 'x');
    expect(await alone.manager.get('plain:1')).toBe('x');
  });
});
