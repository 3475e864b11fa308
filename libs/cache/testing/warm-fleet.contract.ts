import { strict as assert } from 'node:assert';
import type { Tenure, WarmFleet } from '../src/warming/warm-fleet.port.js';
import { globalHarness } from './test.harness.js';
import type { TestHarness } from './test.harness.js';

export interface WarmFleetSubject {
  readonly fleet: WarmFleet;
  readonly advance: (durationMs: number) => Promise<void>;
  readonly close: () => Promise<void>;
}

const LEASE_MS = 300;
const MINUTE = { callsPerMinute: 10, warmCallsPerMinute: 6 };

/** What every fleet must promise. @param make each subject knows nothing of earlier ones */
export function describeWarmFleetContract(
  name: string,
  make: () => Promise<WarmFleetSubject>,
  harness: TestHarness = globalHarness(),
): void {
  const { it } = harness;

  harness.describe(`${name} as a fleet`, () => {
    let subject: WarmFleetSubject;
    harness.beforeEach(async () => {
      subject = await make();
    });
    harness.afterEach(() => subject.close());

    async function elect(candidate: string): Promise<Tenure> {
      const reply = await subject.fleet.campaign(candidate, LEASE_MS);
      assert.equal(reply.kind, 'leads');
      return (reply as { readonly tenure: Tenure }).tenure;
    }

    it('has one leader, who stays one by asking again', async () => {
      const tenure = await elect('a');
      const other = await subject.fleet.campaign('b', LEASE_MS);
      assert.equal(other.kind, 'follows');
      const { remainingMs } = other as { readonly remainingMs: number };
      assert.ok(remainingMs > 0 && remainingMs <= LEASE_MS);
      await subject.advance(LEASE_MS / 2);
      assert.deepEqual(await elect('a'), tenure);
      await subject.advance(LEASE_MS * 0.7);
      assert.equal((await subject.fleet.campaign('b', LEASE_MS)).kind, 'follows');
    });

    it('takes another when the lease has ended, under a higher fence, also when it is the same one again', async () => {
      const first = await elect('a');
      await subject.advance(LEASE_MS + 50);
      const second = await elect('b');
      assert.ok(second.fence > first.fence);
      await subject.advance(LEASE_MS + 50);
      const third = await elect('b');
      assert.ok(third.fence > second.fence);
      assert.notEqual(third.holder, second.holder);
    });

    it('takes another at once when the leader resigns; who leads no more resigns nobody', async () => {
      const first = await elect('a');
      await subject.fleet.resign(first);
      await elect('b');
      await subject.fleet.resign(first);
      assert.equal((await subject.fleet.campaign('a', LEASE_MS)).kind, 'follows');
    });

    it('begins a round once in its time, whoever leads then', async () => {
      const first = await elect('a');
      assert.deepEqual(await subject.fleet.begin(first, 'r', 10_000), { kind: 'begun' });
      assert.equal((await subject.fleet.begin(first, 'r', 10_000)).kind, 'early');
      assert.deepEqual(await subject.fleet.begin(first, 'other', 100), { kind: 'begun' });
      await subject.fleet.resign(first);
      const second = await elect('b');
      assert.equal((await subject.fleet.begin(second, 'r', 10_000)).kind, 'early');
      await subject.advance(150);
      assert.deepEqual(await subject.fleet.begin(second, 'other', 100), { kind: 'begun' });
    });

    it('begins nothing for who was paused beyond the lease, with a new leader or without', async () => {
      const paused = await elect('a');
      await subject.advance(LEASE_MS + 50);
      assert.deepEqual(await subject.fleet.begin(paused, 'r', 1_000), { kind: 'fenced' });
      const next = await elect('b');
      assert.deepEqual(await subject.fleet.begin(paused, 'r', 1_000), { kind: 'fenced' });
      assert.deepEqual(await subject.fleet.begin(next, 'r', 1_000), { kind: 'begun' });
    });

    it('gives warming its share of the minute, and no more', async () => {
      const { fleet } = subject;
      const wants = (wanted: number, usedByUsers = 0): Promise<boolean> =>
        fleet.takeCalls({ ...MINUTE, wanted, usedByUsers });
      assert.equal(await wants(4), true);
      assert.equal(await wants(4), false);
      assert.equal(await wants(2), true);
      assert.equal(await wants(1), false);
    });

    it('leaves what users have used, whichever process told of it', async () => {
      const { fleet } = subject;
      const wants = (wanted: number, usedByUsers = 0): Promise<boolean> =>
        fleet.takeCalls({ ...MINUTE, wanted, usedByUsers });
      assert.equal(await wants(2, 5), true);
      assert.equal(await wants(2, 3), false);
      assert.equal(await wants(1, 1), false);
    });
  });
}
