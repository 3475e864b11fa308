import { strict as assert } from 'node:assert';
import type { Clock } from '../src/clock.js';
import { globalHarness } from './test.harness.js';
import type { TestHarness } from './test.harness.js';

export interface ClockSubject {
  readonly clock: Clock;
  /** Lets the clock's time pass. */
  readonly advance: (durationMs: number) => Promise<void>;
}

/** What every clock must promise. @param harness the runner's functions where they are not global */
export function describeClockContract(
  name: string,
  make: () => ClockSubject,
  harness: TestHarness = globalHarness(),
): void {
  const { it } = harness;

  harness.describe(`${name} as a clock`, () => {
    it('never goes back', async () => {
      const { clock, advance } = make();
      const first = clock.now();
      await advance(5);
      const second = clock.now();
      assert.ok(second >= first + 4, `${second} after ${first} and 5 ms`);
    });

    it('gives chances from 0 up to, but not, 1', async () => {
      const { clock } = make();
      for (let draw = 0; draw < 100; draw += 1) {
        const chance = clock.random();
        assert.ok(chance >= 0 && chance < 1, String(chance));
      }
    });

    it('fires a timer once, not before its time, in the order in which timers are due', async () => {
      const { clock, advance } = make();
      const fired: string[] = [];
      const beganAt = clock.now();
      let firedAt = -Infinity;
      clock.setTimer(() => fired.push('late'), 40);
      clock.setTimer(() => {
        fired.push('early');
        firedAt = clock.now();
      }, 10);
      await advance(80);
      assert.deepEqual(fired, ['early', 'late']);
      assert.ok(firedAt - beganAt >= 9, `fired after ${firedAt - beganAt} ms`);
    });

    it('does not fire a timer that was cancelled, however often', async () => {
      const { clock, advance } = make();
      let fired = 0;
      const cancel = clock.setTimer(() => (fired += 1), 10);
      cancel();
      cancel();
      await advance(30);
      assert.equal(fired, 0);
    });
  });
}
