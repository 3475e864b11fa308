export { describeBusContract } from './bus.contract.js';
export { faultyStore } from './faulty.store.js';
export type { Fault, FaultyStore, StoreOperation } from './faulty.store.js';
export { ManualClock } from './manual.clock.js';
export { describeOutboxContract } from './outbox.contract.js';
export type { OutboxSubject } from './outbox.contract.js';
export { describeStoreContract } from './store.contract.js';
export type { BusSubject, TierSubject, TierUnderTest } from './store.subject.js';
export type { TestHarness } from './test.harness.js';
