import { strict as assert } from 'node:assert';
import type { Outbox } from '../src/outbox/outbox.port.js';
import { invalidation } from './contract.steps.js';
import { globalHarness } from './test.harness.js';
import type { TestHarness } from './test.harness.js';

export interface OutboxSubject {
  readonly outbox: Outbox;
  /** Lets the outbox's time pass. */
  readonly advance: (durationMs: number) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** What every outbox must promise. @param harness the runner's functions where they are not global */
export function describeOutboxContract(
  name: string,
  make: () => Promise<OutboxSubject>,
  harness: TestHarness = globalHarness(),
): void {
  const { it } = harness;

  harness.describe(`${name} as an outbox`, () => {
    let subject: OutboxSubject;
    harness.beforeEach(async () => {
      subject = await make();
    });
    harness.afterEach(() => subject.close());

    it('gives back what was put in, oldest first', async () => {
      const { outbox } = subject;
      const messages = [invalidation(['a']), invalidation(['b'], ['k:1'], 7), invalidation([], ['k:2'])];
      for (const message of messages) await outbox.add(message);
      const pending = await outbox.pending(10);
      assert.deepEqual(
        pending.map((row) => row.message),
        messages,
      );
      assert.equal(new Set(pending.map((row) => row.id)).size, 3);
    });

    it('gives no more than was asked for', async () => {
      const { outbox } = subject;
      for (const tag of ['a', 'b', 'c']) await outbox.add(invalidation([tag]));
      const pending = await outbox.pending(2);
      assert.deepEqual(
        pending.map((row) => row.message.tags[0]),
        ['a', 'b'],
      );
    });

    it('keeps what was not marked as applied, and only that', async () => {
      const { outbox } = subject;
      for (const tag of ['a', 'b']) await outbox.add(invalidation([tag]));
      const [first] = await outbox.pending(10);
      await outbox.markApplied([first!.id]);
      await outbox.markApplied([first!.id]);
      await outbox.markApplied([]);
      const left = await outbox.pending(10);
      assert.deepEqual(
        left.map((row) => row.message.tags[0]),
        ['b'],
      );
    });

    it('knows how long a row has been waiting', async () => {
      const { outbox, advance } = subject;
      await outbox.add(invalidation(['a']));
      await advance(120);
      const [row] = await outbox.pending(1);
      assert(row && row.ageMs >= 100 && row.ageMs < 60_000);
    });

    it('remembers what was applied lately, so that it can be applied again', async () => {
      const { outbox } = subject;
      await outbox.add(invalidation(['applied']));
      await outbox.add(invalidation(['pending']));
      const [row] = await outbox.pending(1);
      assert.deepEqual(await outbox.recent(), []);
      await outbox.markApplied([row!.id]);
      const recent = await outbox.recent();
      assert.deepEqual(
        recent.map((one) => one.message),
        [invalidation(['applied'])],
      );
    });
  });
}
