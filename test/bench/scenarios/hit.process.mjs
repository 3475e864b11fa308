/** Reads what is cached, as fast as it comes: one contestant of `l1-hit`, `l2-hit` or `growth`. */
import { options, serve } from '../process.mjs';
import { readsPerSecond } from '../reading.mjs';
import { KEYS, valueOf } from '../workload.mjs';
import { subjects } from './hit.subjects.mjs';

const { subject, keys = KEYS, valueBytes, inFlight, sync, ...setting } = options;
/** Filled this many at a time. */
const FILL = 200;
let loads = 0;
let measure;

async function fill(read) {
  for (let from = 0; from < keys; from += FILL) {
    await Promise.all(Array.from({ length: Math.min(FILL, keys - from) }, (_none, index) => read(from + index)));
  }
}

serve({
  async warmUp({ forMs }) {
    const load = (index) => {
      loads += 1;
      return valueOf(index, valueBytes);
    };
    const read = await subjects[subject]({ keys, sync, ...setting }, load);
    await fill(read);
    measure = readsPerSecond(read, { keys, inFlight, sync });
    await measure(forMs);
    loads = 0;
  },

  /** @returns reads per second */
  async round({ forMs }) {
    const rate = await measure(forMs);
    if (loads > 0) throw new Error(`${loads} reads were no hits`);
    return rate;
  },
});
