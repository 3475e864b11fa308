import { CacheMetrics } from '@chaincache/cache';
import { ManualClock } from '@chaincache/cache/testing';
import { StatsHistory } from './stats.history.js';

describe('the history of the figures', () => {
  const clock = new ManualClock();
  const metrics = new CacheMetrics({ clock });
  const stats = () => metrics.getStats();

  it('tells of each moment how the minute before it was', async () => {
    const history = new StatsHistory();
    history.add(stats(), 1_000);
    await clock.advance(10_000);
    for (let count = 0; count < 30; count += 1) metrics.hit('network stats', 'network:stats', 'L1');
    for (let count = 0; count < 10; count += 1) metrics.miss('network stats', 'network:stats');
    metrics.answered('network stats', 'MISS', 8, 10);
    history.add(stats(), 2_000);
    const [before, after] = history.all();
    expect(before).toMatchObject({ at: 1_000, hitRate: null, avgMs: null, p99Ms: null, hitsPerSecond: 0 });
    expect(after).toMatchObject({ at: 2_000, hitRate: 75, avgMs: 8, hitsPerSecond: 3, missesPerSecond: 1 });
  });

  it('keeps half an hour and no more', () => {
    const history = new StatsHistory();
    for (let at = 1; at <= 500; at += 1) history.add(stats(), at);
    expect(history.all()).toHaveLength(360);
    expect(history.all()[0]!.at).toBe(141);
  });

  it('begins anew when the wall clock is set back: its times only grow', () => {
    const history = new StatsHistory();
    for (const at of [5_000, 10_000, 7_000]) history.add(stats(), at);
    expect(history.all().map(({ at }) => at)).toEqual([7_000]);
  });
});
