import { CacheMetrics } from '@chaincache/cache';
import { ManualClock } from '@chaincache/cache/testing';
import type { AlertChanged } from './alert-changed.event.js';
import { AlertMonitor } from './alert.monitor.js';
import type { AlertFacts } from './alert.rules.js';

describe('the alerts inside the service', () => {
  let clock: ManualClock;
  let metrics: CacheMetrics;
  let state: { store: AlertFacts['store']; redis: AlertFacts['redis'] };
  let told: string[];
  let monitor: AlertMonitor;

  beforeEach(() => {
    clock = new ManualClock();
    metrics = new CacheMetrics({ clock });
    metrics.start();
    state = { store: 'up', redis: memory(0) };
    told = [];
    const facts = async () => ({ stats: metrics.getStats(), ...state });
    const changed = ({ alert, state: to }: AlertChanged): void => void told.push(`${alert} ${to}`);
    monitor = new AlertMonitor(facts, changed, clock, 'here');
    monitor.start();
  });
  afterEach(() => {
    monitor.stop();
    metrics.stop();
  });

  const memory = (usedBytes: number, maxBytes = 100) => ({ usedBytes, maxBytes, keys: 0, evictedKeys: 0 });
  const reads = (hits: number, misses: number, ms = 1): void => {
    for (let hit = 0; hit < hits; hit += 1) {
      metrics.hit('e', 'k', 'L2');
      metrics.answered('e', 'L2', ms, 1);
    }
    for (let miss = 0; miss < misses; miss += 1) {
      metrics.miss('e', 'k');
      metrics.answered('e', 'MISS', ms, 1);
    }
  };

  it('tell at the next look, at most 10 s later, that Redis is lost, and that it is back', async () => {
    state.store = 'down';
    await clock.advance(10_000);
    expect(told).toEqual(['connection-lost firing']);
    expect(monitor.firing().get('connection-lost')).toBe(true);
    await clock.advance(60_000);
    state.store = 'up';
    await clock.advance(10_000);
    expect(told).toEqual(['connection-lost firing', 'connection-lost resolved']);
  });

  it('say nothing of Redis where there is none', async () => {
    state.store = 'none';
    state.redis = null;
    await clock.advance(60_000);
    expect(told).toEqual([]);
  });

  it('fire above 80 % of the memory and are over below 75 %, not at each sway in between', async () => {
    for (const used of [79, 81, 79, 81, 76, 74, 79]) {
      state.redis = memory(used);
      await clock.advance(10_000);
    }
    expect(told).toEqual(['high-memory firing', 'high-memory resolved']);
  });

  it('take no limit for no alert', async () => {
    state.redis = memory(1e12, 0);
    await clock.advance(60_000);
    expect(told).toEqual([]);
    expect(monitor.statuses().find(({ alert }) => alert === 'high-memory')).toMatchObject({ state: 'ok', value: null });
  });

  it('fire at a hit rate below 50 % that lasts for three looks, and are over at 55 %', async () => {
    reads(49, 51);
    await clock.advance(20_000);
    expect(told).toEqual([]);
    await clock.advance(10_000);
    expect(told).toEqual(['low-hit-rate firing']);
    reads(4, 0);
    await clock.advance(10_000);
    expect(told).toHaveLength(1);
    reads(20, 0);
    await clock.advance(10_000);
    expect(told).toEqual(['low-hit-rate firing', 'low-hit-rate resolved']);
  });

  it('fire at a mean response time above 50 ms', async () => {
    reads(100, 0, 60);
    await clock.advance(30_000);
    expect(told).toEqual(['slow-responses firing']);
    expect(monitor.statuses().find(({ alert }) => alert === 'slow-responses')).toMatchObject({
      state: 'firing',
      value: 60,
      threshold: 50,
      unit: 'ms',
    });
  });

  it('are silent about rates while hardly anybody reads, and end when nobody does any more', async () => {
    reads(0, 99, 100);
    await clock.advance(60_000);
    expect(told).toEqual([]);
    reads(0, 1, 100);
    await clock.advance(30_000);
    expect(told.sort()).toEqual(['low-hit-rate firing', 'slow-responses firing']);
    await clock.advance(600_000);
    expect(told.slice(2).sort()).toEqual(['low-hit-rate resolved', 'slow-responses resolved']);
  });

  it('do not mind a wall clock that is set back an hour', async () => {
    const now = Date.now();
    state.store = 'down';
    await clock.advance(10_000);
    const wall = jest.spyOn(Date, 'now').mockReturnValue(now - 3_600_000);
    state.store = 'up';
    await clock.advance(10_000);
    wall.mockRestore();
    expect(told).toEqual(['connection-lost firing', 'connection-lost resolved']);
  });

  it('stay as they are while nothing can be found out', async () => {
    state.store = 'down';
    await clock.advance(10_000);
    metrics.getStats = () => {
      throw new Error('no figures');
    };
    state.store = 'up';
    await clock.advance(60_000);
    expect(told).toEqual(['connection-lost firing']);
  });
});
