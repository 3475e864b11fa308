import { ManualClock } from '../../testing/manual.clock.js';
import { describeWarmFleetContract } from '../../testing/warm-fleet.contract.js';
import { MemoryFleet } from './memory.fleet.js';

describeWarmFleetContract('memory', async () => {
  const clock = new ManualClock();
  return {
    fleet: new MemoryFleet(clock),
    advance: (durationMs) => clock.advance(durationMs),
    close: () => Promise.resolve(),
  };
});

it('begins a new minute of calls when one is over', async () => {
  const clock = new ManualClock();
  const fleet = new MemoryFleet(clock);
  const request = { callsPerMinute: 1, warmCallsPerMinute: 1, usedByUsers: 0, wanted: 1 };
  expect(await fleet.takeCalls(request)).toBe(true);
  await clock.advance(59_999);
  expect(await fleet.takeCalls(request)).toBe(false);
  await clock.advance(1);
  expect(await fleet.takeCalls(request)).toBe(true);
});
