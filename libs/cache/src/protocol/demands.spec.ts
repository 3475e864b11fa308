import { ManualClock } from '../../testing/manual.clock.js';
import { HeightDemands } from './demands.js';

describe('demanded heights', () => {
  it('are the highest that any of the tags was given, and never fall', () => {
    const demands = new HeightDemands(new ManualClock());
    demands.demand(['a', 'b'], 10);
    demands.demand(['a'], 7);
    demands.demand(['b'], 12);
    expect(demands.of(['a'])).toBe(10);
    expect(demands.of(['c', 'b', 'a'])).toBe(12);
    expect(demands.of(['c'])).toBeNull();
  });

  it('are forgotten after ten minutes', async () => {
    const clock = new ManualClock();
    const demands = new HeightDemands(clock);
    demands.demand(['a'], 10);
    await clock.advance(600_000);
    expect(demands.of(['a'])).toBeNull();
  });

  it('are bounded in number: the oldest go first', () => {
    const demands = new HeightDemands(new ManualClock());
    for (let index = 0; index <= 10_000; index += 1) demands.demand([`tag${index}`], index);
    expect(demands.of(['tag0'])).toBeNull();
    expect(demands.of(['tag10000'])).toBe(10_000);
  });
});
