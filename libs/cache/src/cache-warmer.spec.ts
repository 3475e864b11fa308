import { settled } from '../testing/simulated.fleet.js';
import { createCache } from './create-cache.js';
import { createWarmer } from './create-warmer.js';
import { CutFleet, height, stats, WarmingWorld } from '../testing/warming.world.js';

describe('the warmer', () => {
  let world: WarmingWorld;
  beforeEach(() => {
    world = new WarmingWorld();
  });
  afterEach(() => world.stop());

  it('warms at start what is cold, once for all instances, and says when that is done', async () => {
    const plans = [world.plan(stats, { kind: 'start' }), world.plan(height, { kind: 'start' })];
    const first = await world.process(plans);
    expect(first.warmer.isStarted).toBe(false);
    await settled();
    expect(first.warmer.isStarted).toBe(true);
    const second = await world.process(plans);
    await settled();
    expect(world.reads).toEqual({ 'network:stats': [1_000], 'block:height': [1_000] });
    expect(second.warmer.stats().entries['network stats']).toMatchObject({ warmed: 0, skipped: 1 });
  });

  it('waits at start for the store to be there', async () => {
    const { warmer } = await world.process([world.plan(stats, { kind: 'start' })], {}, () =>
      world.server.breakDown(new Error('not there yet')),
    );
    await world.clock.advance(1_000);
    expect([warmer.isStarted, world.reads]).toEqual([false, {}]);
    world.server.recover();
    await world.clock.advance(1_000);
    expect([warmer.isStarted, world.reads['network:stats']?.length]).toEqual([true, 1]);
  });

  it('does not hold up a start beyond its bound for a source that hangs', async () => {
    const plan = { ...world.plan(stats, { kind: 'start' }), loaderOf: () => () => new Promise<never>(() => {}) };
    const { warmer } = await world.process([plan], { startBoundMs: 3_000 });
    await world.clock.advance(2_999);
    expect(warmer.isStarted).toBe(false);
    await world.clock.advance(1);
    expect(warmer.isStarted).toBe(true);
    await world.clock.advance(10_000);
  });

  it('runs each round once, whatever the number of instances, up to a tenth early', async () => {
    for (let instance = 0; instance < 3; instance += 1) await world.process([world.every(height, 10_000)]);
    await world.clock.advance(120_000);
    expect(world.running.filter(({ warmer }) => warmer.stats().leads)).toHaveLength(1);
    expect(world.gapsOf('block:height').length).toBeGreaterThanOrEqual(11);
    for (const gap of world.gapsOf('block:height')) {
      expect(gap).toBeGreaterThanOrEqual(9_000);
      expect(gap).toBeLessThanOrEqual(10_000);
    }
  });

  it('has another leader within the lease and a second when one is cut off, and overdue rounds begin at once', async () => {
    const plans = [world.every(height, 10_000)];
    const cut = new CutFleet(world.fleet);
    const leader = await world.process(plans, { leaseMs: 5_000, fleet: cut });
    await settled();
    const follower = await world.process(plans, { leaseMs: 5_000 });
    await world.clock.advance(30_500);
    const { fence } = leader.warmer.stats();
    expect(follower.warmer.stats().leads).toBe(false);
    cut.isCut = true;
    await world.clock.advance(6_000);
    expect(leader.warmer.stats().leads).toBe(false);
    expect(follower.warmer.stats().leads).toBe(true);
    expect(follower.warmer.stats().fence).toBeGreaterThan(fence!);
    await world.clock.advance(30_000);
    cut.isCut = false;
    await world.clock.advance(30_000);
    expect(leader.warmer.stats().leads).toBe(false);
    for (const gap of world.gapsOf('block:height')) {
      expect(gap).toBeGreaterThanOrEqual(8_500);
      expect(gap).toBeLessThanOrEqual(16_000);
    }
  });

  it('resigns when it stops: another leads within a second', async () => {
    const one = await world.process([world.every(height, 10_000)]);
    await settled();
    const other = await world.process([world.every(height, 10_000)]);
    await one.warmer.stop();
    await world.clock.advance(1_000);
    expect(other.warmer.stats().leads).toBe(true);
  });

  it('counts no read of its own', async () => {
    const { cache } = await world.process();
    let reads = 0;
    cache.events.add({ hit: () => (reads += 1), miss: () => (reads += 1) });
    await cache.manager.warm(stats.ref({}), world.load('network:stats'), 'missing');
    await cache.manager.warm(stats.ref({}), world.load('network:stats'), 'missing');
    await cache.manager.warm(stats.ref({}), world.load('network:stats'), 'refresh');
    expect([reads, world.reads['network:stats']!.length]).toEqual([0, 2]);
  });

  it('never makes a reader wait, or fail, for a refresh that does', async () => {
    const { cache } = await world.process();
    await cache.manager.getOrSet(stats.ref({}), world.load('network:stats'));
    await world.clock.advance(4_000);
    const refresh = cache.manager
      .warm(stats.ref({}), () => new Promise<never>(() => {}), 'refresh')
      .catch(() => 'failed');
    await world.clock.advance(2_000);
    expect(await cache.manager.getOrSetResult(stats.ref({}), world.load('other'))).toMatchObject({ tier: 'L2' });
    await world.clock.advance(10_000);
    expect(await refresh).toBe('failed');
  });

  it('asks a source that fails less and less, and readers are not concerned', async () => {
    world.failing = true;
    const failures: unknown[] = [];
    const { warmer } = await world.process([world.every(height, 10_000)], {
      onFailure: (_entry, error) => failures.push(error),
    });
    await world.clock.advance(600_000);
    expect(world.reads['block:height']!.length).toBeLessThanOrEqual(20);
    expect(failures).toHaveLength(world.reads['block:height']!.length);
    expect(Math.min(...world.gapsOf('block:height'))).toBeGreaterThanOrEqual(750);
    expect(warmer.stats().entries['block height']).toMatchObject({ warmed: 0, failed: failures.length });
    world.failing = false;
    await world.clock.advance(70_000);
    expect(warmer.stats().entries['block height']!.warmed).toBeGreaterThan(0);
  });

  it('loads once for a burst of events, after the invalidations of all instances', async () => {
    const plans = [world.plan(stats, { kind: 'event', eventName: 'block.created' })];
    const instances = [await world.process(plans), await world.process(plans), await world.process(plans)];
    for (let block = 0; block < 5; block += 1) {
      for (const { cache, warmer } of instances) {
        await cache.invalidator.invalidateByTag('chain');
        warmer.trigger(plans, {});
        await world.clock.advance(5);
      }
    }
    await world.clock.advance(1_000);
    expect(world.reads['network:stats']).toHaveLength(1);
  });

  it('counts what was warmed and then read before it expired', async () => {
    const { cache, warmer } = await world.process();
    const job = warmer.warmNow([{ ref: stats.ref({}), loader: world.load('network:stats') }]);
    await settled();
    await job.done;
    expect(job.progress()).toEqual({
      status: 'done',
      total: 1,
      entries: { 'network stats': { warmed: 1, failed: 0, skipped: 0 } },
    });
    await cache.manager.getOrSet(stats.ref({}), world.load('network:stats'));
    await cache.manager.getOrSet(stats.ref({}), world.load('network:stats'));
    expect(warmer.stats().entries['network stats']).toEqual({ warmed: 1, failed: 0, skipped: 0, used: 1 });
  });

  it('loads nothing after it has stopped', async () => {
    const { cache, warmer } = await world.process([
      world.every(height, 10_000),
      world.plan(stats, { kind: 'event', eventName: 'x' }),
    ]);
    await world.clock.advance(500);
    await cache.manager.getOrSet(height.ref({}), world.load('block:height'));
    await warmer.stop();
    const before = structuredClone(world.reads);
    warmer.trigger([world.plan(stats, { kind: 'event', eventName: 'x' })], {});
    await world.clock.advance(60_000);
    expect(world.reads).toEqual(before);
  });

  it('refuses a lease that cannot be kept', async () => {
    const cache = createCache({ clock: world.clock });
    expect(() => createWarmer(cache, { leaseMs: 10 })).toThrow(/leaseMs is 10, it must be 300/);
    await cache.close();
  });
});
