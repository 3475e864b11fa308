import { setTimeout as sleep } from 'node:timers/promises';
import { describeClockContract } from '../testing/clock.contract.js';
import { ManualClock } from '../testing/manual.clock.js';
import { systemClock } from './clock.js';

describeClockContract('the system clock', () => ({ clock: systemClock, advance: (durationMs) => sleep(durationMs) }));

describeClockContract('the manual clock', () => {
  const clock = new ManualClock();
  return { clock, advance: (durationMs) => clock.advance(durationMs) };
});
