import { settled } from '../testing/simulated.fleet.js';
import { stats, wallets, WarmingWorld } from '../testing/warming.world.js';

describe('what readers keep hot', () => {
  let world: WarmingWorld;
  beforeEach(() => {
    world = new WarmingWorld();
  });
  afterEach(() => world.stop());

  it('keeps what is read warm, though its round comes later than it expires: not one cold read', async () => {
    const { cache } = await world.process([world.every(stats, 300_000), world.plan(stats, { kind: 'start' })]);
    await settled();
    let cold = 0;
    cache.events.add({ miss: () => (cold += 1) });
    for (let second = 0; second < 360; second += 1) {
      await cache.manager.getOrSet(stats.ref({}), world.load('network:stats'));
      await world.clock.advance(1_000);
    }
    expect(cold).toBe(0);
    expect(world.reads['network:stats']!.length).toBeLessThanOrEqual(9);
  });

  it('keeps warm what is read too seldom for hits to do it, and lets go what nobody reads any more', async () => {
    const { cache } = await world.process([world.every(stats, 300_000)]);
    await settled();
    let cold = 0;
    cache.events.add({ miss: () => (cold += 1) });
    for (let time = 0; time < 330_000; time += 55_000) {
      await cache.manager.getOrSet(stats.ref({}), world.load('network:stats'));
      await world.clock.advance(55_000);
    }
    expect(cold).toBe(0);
    await world.clock.advance(600_000);
    const before = world.reads['network:stats']!.length;
    await world.clock.advance(200_000);
    expect(world.reads['network:stats']!.length - before).toBeLessThanOrEqual(1);
  });

  it('keeps the wallets in use warm ahead of expiry within the budget, the most used first', async () => {
    const { cache, warmer } = await world.process([], { callsPerMinute: 1_000, warmCallsPerMinute: 6 });
    warmer.keepHot(wallets, ({ address }) => world.load(address), { callsPerLoad: 2 });
    const read = (address: string) => cache.manager.getOrSet(wallets.ref({ address }), world.load(address));
    await read('once');
    for (let second = 0; second < 235; second += 1) {
      for (let wallet = 0; wallet < 10; wallet += 1) if (second % (10 - wallet) === 0) await read(`w${wallet}`);
      await world.clock.advance(1_000);
    }
    // From here on nobody reads: what is loaded is loaded by the warmer, 30 s before it expires.
    const warmedBy = async (durationMs: number): Promise<string[]> => {
      await world.clock.advance(durationMs);
      return Object.keys(world.reads).filter((key) => world.reads[key]!.length === 2);
    };
    expect(await warmedBy(34_000)).toEqual([]);
    expect(await warmedBy(20_000)).toEqual(['w7', 'w8', 'w9']);
    expect(warmer.stats().entries.balances!.skipped).toBeGreaterThanOrEqual(7);
    // The next minute has calls again, and six more wallets' turn comes before they expire.
    expect(await warmedBy(600_000)).not.toContain('once');
  });

  it('gives way where users have used up the minute', async () => {
    const { cache, warmer } = await world.process([], { callsPerMinute: 19, warmCallsPerMinute: 6 });
    warmer.keepHot(wallets, ({ address }) => world.load(address), { callsPerLoad: 2 });
    const read = (address: string) => cache.manager.getOrSet(wallets.ref({ address }), world.load(address));
    for (let time = 0; time < 9; time += 1) await read('a');
    await world.clock.advance(265_000);
    for (let wallet = 0; wallet < 9; wallet += 1) await read(`w${wallet}`);
    await world.clock.advance(10_000);
    expect(world.reads.a).toHaveLength(1);
    expect(warmer.stats().entries.balances).toEqual({ warmed: 0, failed: 0, skipped: 1, used: 0 });
  });

  it('knows which keys are in use: often, and lately', async () => {
    const { cache, warmer } = await world.process();
    warmer.keepHot(wallets, ({ address }) => world.load(address));
    const read = (address: string) => cache.manager.getOrSet(wallets.ref({ address }), world.load(address));
    for (let time = 0; time < 3; time += 1) await read('often');
    await read('once');
    expect([warmer.isHot('tokens:often'), warmer.isHot('tokens:once'), warmer.isHot('tokens:never')]).toEqual([
      true,
      false,
      false,
    ]);
    await world.clock.advance(700_000);
    expect([warmer.isHot('tokens:often'), warmer.stats().followedKeys]).toEqual([false, 0]);
  });

  it('follows a bounded number of keys, and a stream of strangers does not displace the one in use', async () => {
    const { cache, warmer } = await world.process([], { maxHotKeys: 100 });
    warmer.keepHot(wallets, ({ address }) => world.load(address));
    for (let stranger = 0; stranger < 20_000; stranger += 1) {
      if (stranger % 10 === 0) cache.events.hit('balances', 'tokens:regular', 'L1', 0);
      cache.events.hit('balances', `tokens:s${stranger}`, 'L1', 0);
    }
    expect(warmer.stats().followedKeys).toBe(100);
    expect(warmer.isHot('tokens:regular')).toBe(true);
  });
});
