import { MemoryServer } from './store/memory.server.js';
import { memoryTier } from './store/memory.store.js';
import { ManualClock } from '../testing/manual.clock.js';
import { settled } from '../testing/simulated.fleet.js';
import type { CacheWarmer } from './cache-warmer.js';
import { Catalog, defineEntry } from './catalog.js';
import { createCache, type Cache } from './create-cache.js';
import { createWarmer } from './create-warmer.js';
import { MemoryFleet } from './warming/memory.fleet.js';
import type { WarmFleet } from './warming/warm-fleet.port.js';
import type { WarmPlan, WarmTrigger } from './warming/warm.plan.js';
import type { CacheWarmerOptions } from './warming/warmer.options.js';

const stats = defineEntry<number>()('network stats', 'network:stats', {
  fresh: '60s',
  grace: '10m',
  tags: ['chain'],
  jitter: 0,
});
const height = defineEntry<number>()('block height', 'block:height', { fresh: '10s', staleness: '1s', jitter: 0 });
const wallets = defineEntry<number>()('balances', 'tokens:{address}', { tags: ['wallet:{address}'], jitter: 0 });

/** Several processes that share a store, a source and a clock that stands still. */
class World {
  readonly clock = new ManualClock(1_000);
  readonly server = new MemoryServer({ clock: this.clock });
  readonly fleet = new MemoryFleet(this.clock);
  /** When the source of each key was read. */
  readonly reads: Record<string, number[]> = {};
  failing = false;
  readonly running: { cache: Cache; warmer: CacheWarmer }[] = [];

  async process(plans: readonly WarmPlan[] = [], options: CacheWarmerOptions = {}, beforeStart = (): void => {}) {
    const { store, bus } = memoryTier(this.server, { clock: this.clock });
    const cache = createCache({ catalog: new Catalog([stats, height, wallets]), store, bus, clock: this.clock });
    await settled();
    const warmer = createWarmer(cache, { clock: this.clock, fleet: this.fleet, ...options });
    beforeStart();
    warmer.start(plans);
    const one = { cache, warmer };
    this.running.push(one);
    return one;
  }

  readonly load = (key: string) => async (): Promise<number> => {
    (this.reads[key] ??= []).push(this.clock.now());
    if (this.failing) throw new Error('no source');
    return this.clock.now();
  };

  plan(entry: typeof stats, trigger: WarmTrigger): WarmPlan {
    return { entry, trigger, source: 'test', params: async () => [{}], loaderOf: () => this.load(entry.template) };
  }

  every(entry: typeof stats, everyMs: number): WarmPlan {
    return this.plan(entry, { kind: 'interval', everyMs });
  }

  gapsOf(key: string): number[] {
    const at = this.reads[key] ?? [];
    return at.slice(1).map((time, index) => time - at[index]!);
  }

  async stop(): Promise<void> {
    for (const { warmer, cache } of this.running) {
      await warmer.stop();
      await cache.close();
    }
  }
}

/** A process that the network may cut off: its questions are refused. */
class CutFleet implements WarmFleet {
  isCut = false;

  constructor(private readonly fleet: WarmFleet) {}

  campaign = (...args: Parameters<WarmFleet['campaign']>) => this.unlessCut(() => this.fleet.campaign(...args));
  resign = (...args: Parameters<WarmFleet['resign']>) => this.unlessCut(() => this.fleet.resign(...args));
  begin = (...args: Parameters<WarmFleet['begin']>) => this.unlessCut(() => this.fleet.begin(...args));
  takeCalls = (...args: Parameters<WarmFleet['takeCalls']>) => this.unlessCut(() => this.fleet.takeCalls(...args));

  private async unlessCut<T>(ask: () => Promise<T>): Promise<T> {
    if (this.isCut) throw new Error('cut off');
    return ask();
  }
}

describe('the warmer', () => {
  let world: World;
  beforeEach(() => {
    world = new World();
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
    const refresh = cache.manager
      .warm(stats.ref({}), () => new Promise<never>(() => {}), 'refresh')
      .catch(() => 'failed');
    await world.clock.advance(6_000);
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
    expect(world.reads['block:height']!.length).toBeLessThanOrEqual(6 + 60);
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

  it('keeps the wallets in use warm ahead of expiry within the budget, the most used first', async () => {
    const { cache, warmer } = await world.process([], { callsPerMinute: 1_000, warmCallsPerMinute: 6 });
    warmer.keepHot(wallets, ({ address }) => world.load(address), { callsPerLoad: 2 });
    const read = (address: string) => cache.manager.getOrSet(wallets.ref({ address }), world.load(address));
    await read('once');
    for (let second = 0; second < 235; second += 1) {
      for (let wallet = 0; wallet < 10; wallet += 1) if (second % (wallet + 1) === 0) await read(`w${wallet}`);
      await world.clock.advance(1_000);
    }
    // From here on nobody reads: what is loaded is loaded by the warmer, 30 s before it expires.
    const warmedBy = async (durationMs: number): Promise<string[]> => {
      await world.clock.advance(durationMs);
      return Object.keys(world.reads).filter((key) => world.reads[key]!.length === 2);
    };
    expect(await warmedBy(34_000)).toEqual([]);
    expect(await warmedBy(20_000)).toEqual(['w0', 'w1', 'w2']);
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
