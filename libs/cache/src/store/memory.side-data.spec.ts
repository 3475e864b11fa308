import { ManualClock } from '../../testing/manual.clock.js';
import { describeSideDataContract } from '../../testing/side-data.contract.js';
import { MemorySideData } from './memory.side-data.js';

describeSideDataContract('Memory', async () => {
  const clock = new ManualClock();
  return {
    sideData: new MemorySideData(clock),
    advance: (durationMs) => clock.advance(durationMs),
    close: async () => undefined,
  };
});
