import { CacheMetrics } from '../cache-metrics.js';
import { MemorySideData } from '../store/memory.side-data.js';
import { ManualClock } from '../../testing/manual.clock.js';
import { FleetMetrics } from './fleet.metrics.js';

describe('the figures of the fleet', () => {
  let clock: ManualClock;
  let board: MemorySideData;
  let members: { readonly metrics: CacheMetrics; readonly fleet: FleetMetrics }[];

  beforeEach(() => {
    clock = new ManualClock();
    board = new MemorySideData(clock);
    members = ['a', 'b', 'c'].map((instance) => {
      const metrics = new CacheMetrics({ clock });
      return { metrics, fleet: new FleetMetrics(metrics, board, { instance, clock }) };
    });
  });
  afterEach(() => Promise.all(members.map(({ fleet }) => fleet.stop())));

  const startAll = async (): Promise<void> => {
    await Promise.all(members.map(({ fleet }) => fleet.start()));
    await clock.advance(15_000);
  };

  it('are the sums of all instances, and quantiles over all answers', async () => {
    for (const [index, { metrics }] of members.entries()) {
      for (let hit = 0; hit < 100; hit += 1) metrics.hit('balances', 'hot', 'L1');
      for (let miss = 0; miss < 10 * index; miss += 1) metrics.miss('balances', `cold ${index}`);
      for (let answer = 0; answer < 50; answer += 1) metrics.answered('balances', 'L2', 2 ** index, 1);
    }
    await startAll();
    for (const { fleet } of members) {
      const stats = await fleet.getStats();
      expect(stats).toMatchObject({ hits: 300, misses: 30, complete: true });
      expect(stats.instances.map(({ instance }) => instance).sort()).toEqual(['a', 'b', 'c']);
      expect(stats.topHitKeys[0]).toMatchObject({ key: 'hot', count: 300 });
      expect(stats.topMissKeys.map(({ key, count }) => [key, count])).toEqual([
        ['cold 2', 20],
        ['cold 1', 10],
      ]);
      expect([stats.p50Ms, stats.p90Ms].map((ms) => Math.round(ms!))).toEqual([2, 4]);
      expect(stats.entries['balances']).toMatchObject({ hits: 300 });
    }
  });

  it('drop an instance that died, and one that leaves', async () => {
    await startAll();
    await members[1]!.fleet.stop();
    const names = async () => (await members[0]!.fleet.getStats()).instances.map(({ instance }) => instance).sort();
    expect(await names()).toEqual(['a', 'c']);
    // Killed: its timers stop, and nothing is deleted.
    const killed = new FleetMetrics(new CacheMetrics({ clock }), board, { instance: 'killed', clock });
    await killed.start();
    expect(await names()).toEqual(['a', 'c', 'killed']);
    Reflect.get(killed, 'cancel')();
    await clock.advance(16_000);
    expect(await names()).toEqual(['a', 'c']);
  });

  it('are those of this instance alone while the others cannot be asked', async () => {
    await startAll();
    board.get = () => Promise.reject(new Error('the board is down'));
    members[0]!.metrics.hit('balances', 'k', 'L2');
    expect(await members[0]!.fleet.getStats()).toMatchObject({
      hits: 1,
      complete: false,
      instances: [{ instance: 'a' }],
    });
    await clock.advance(20_000);
  });

  it('leave out what a stranger or another version wrote', async () => {
    await startAll();
    await board.set('fleet:members', JSON.stringify(['a', 'x', 'y', 7]), 60_000);
    await board.set('fleet:instance:x', '{"format":"0","snapshot":{}}', 60_000);
    await board.set('fleet:instance:y', 'garbage', 60_000);
    expect((await members[0]!.fleet.getStats()).instances).toHaveLength(1);
    await board.set('fleet:members', 'garbage', 60_000);
    await clock.advance(10_000);
    expect((await members[0]!.fleet.getStats()).instances).toHaveLength(3);
  });
});
