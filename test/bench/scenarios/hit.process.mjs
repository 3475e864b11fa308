/** Reads what is cached, as fast as it comes: one contestant of `l1-hit`, `l2-hit` or `growth`. */
import { options, serve } from '../process.mjs';
import { fill, readsPerSecond } from '../reading.mjs';
import { Source } from '../source.mjs';
import { KEYS, valueOf } from '../workload.mjs';
import { subjects } from './hit.subjects.mjs';

const { subject, keys = KEYS, valueBytes, inFlight = 1, sync, redisUrl } = options;
const source = new Source((index) => valueOf(index, valueBytes));
let measure;
let refill;

serve({
  async warmUp({ forMs }) {
    const read = await subjects[subject]({ ...options, keys }, source.load);
    // Twice: some make of what they were given what they answer with when it is read for the first time.
    refill = () => fill(keys, read);
    await refill();
    await refill();
    measure = readsPerSecond(read, { keys, inFlight, sync, redisUrl: inFlight > 1 ? redisUrl : undefined });
    await measure(forMs);
  },

  /** @returns reads per second */
  round: ({ forMs }) => source.hitsOnly(() => measure(forMs), refill),
});
