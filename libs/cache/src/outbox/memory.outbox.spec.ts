import { ManualClock } from '../../testing/manual.clock.js';
import { describeOutboxContract } from '../../testing/outbox.contract.js';
import { MemoryOutbox } from './memory.outbox.js';

describeOutboxContract('the memory outbox', async () => {
  const clock = new ManualClock();
  const outbox = new MemoryOutbox(clock);
  return { outbox, advance: (durationMs) => clock.advance(durationMs), close: () => outbox.close() };
});
