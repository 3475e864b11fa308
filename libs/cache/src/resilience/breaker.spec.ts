import { ManualClock } from '../../testing/manual.clock.js';
import { Breaker } from './breaker.js';

describe('the breaker', () => {
  let clock: ManualClock;
  let reachable: boolean;
  let probes: number;
  let changes: boolean[];
  let breaker: Breaker;
  beforeEach(() => {
    clock = new ManualClock();
    reachable = true;
    probes = 0;
    changes = [];
    const probe = async (): Promise<void> => {
      probes += 1;
      if (!reachable) throw new Error('still away');
    };
    breaker = new Breaker(clock, probe, (open) => changes.push(open));
  });

  it('opens after three failures in a row, not after three in all', () => {
    for (let round = 0; round < 3; round += 1) {
      breaker.failed(new Error('slow'));
      breaker.failed(new Error('slow'));
      breaker.succeeded();
    }
    expect(breaker.isOpen).toBe(false);
    for (let failure = 0; failure < 3; failure += 1) breaker.failed(new Error('slow'));
    expect(breaker.isOpen).toBe(true);
    expect(changes).toEqual([true]);
  });

  it('probes until one succeeds, and then closes', async () => {
    reachable = false;
    breaker.open(new Error('gone'));
    await clock.advance(2_000);
    expect(probes).toBeGreaterThan(3);
    expect(breaker.isOpen).toBe(true);
    reachable = true;
    await clock.advance(400);
    expect(breaker.isOpen).toBe(false);
    expect(changes).toEqual([true, false]);
  });

  it('does not probe in step with the rest of the fleet', async () => {
    reachable = false;
    clock.queueRandom(0.999);
    breaker.open(new Error('gone'));
    await clock.advance(201);
    expect(probes).toBe(1);
  });

  it('probes at once when the store says that it is back', async () => {
    breaker.open(new Error('gone'));
    breaker.probeNow();
    await clock.advance(0);
    expect(breaker.isOpen).toBe(false);
  });

  it('rests once disposed of', async () => {
    reachable = false;
    breaker.open(new Error('gone'));
    breaker.dispose();
    await clock.advance(5_000);
    expect(probes).toBe(0);
  });
});
