import type { TierSubject } from './store.subject.js';
import type { TestHarness } from './test.harness.js';

/** Gives each test of a suite a fresh subject, and closes it afterwards. */
export function eachWithSubject<S extends TierSubject>(harness: TestHarness, make: () => Promise<S>): () => S {
  let subject: S | undefined;
  harness.beforeEach(async () => {
    subject = await make();
  });
  harness.afterEach(async () => {
    await subject?.close();
    subject = undefined;
  });
  return () => subject!;
}
