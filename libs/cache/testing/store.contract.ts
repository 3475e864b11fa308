import { describeFills } from './store-fill.contract.js';
import { describeStoreFaults } from './store-fault.contract.js';
import { describeInvalidation } from './store-invalidation.contract.js';
import { describeLeases } from './store-lease.contract.js';
import { describeReads } from './store-read.contract.js';
import type { TierSubject } from './store.subject.js';
import { globalHarness } from './test.harness.js';
import type { TestHarness } from './test.harness.js';

/**
 * What every store must promise. Give it the name of your store and how to make one, with two processes on one server.
 * @param harness the runner's functions where they are not global
 */
export function describeStoreContract(
  name: string,
  make: () => Promise<TierSubject>,
  harness: TestHarness = globalHarness(),
): void {
  harness.describe(`${name} as a store`, () => {
    for (const describeSuite of [
      describeReads,
      describeLeases,
      describeFills,
      describeInvalidation,
      describeStoreFaults,
    ]) {
      describeSuite(harness, make);
    }
  });
}
