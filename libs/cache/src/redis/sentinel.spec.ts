import { sentinelSubject } from '../../spec-support/redis-tier.subject.js';
import { startSentinel } from '../../../../test/support/services.js';
import type { TestSentinel } from '../../../../test/support/services.js';
import { describeBusContract } from '../../testing/bus.contract.js';
import { describeStoreContract } from '../../testing/store.contract.js';

describe('with Sentinel', () => {
  let sentinel: TestSentinel;
  beforeAll(async () => {
    sentinel = await startSentinel({ downAfterMs: 5_000 });
  }, 60_000);
  afterAll(() => sentinel.stop());

  describeStoreContract('The Redis store', () => sentinelSubject(sentinel));
  describeBusContract('The Redis bus', () => sentinelSubject(sentinel));
});
