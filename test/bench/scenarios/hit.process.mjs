/** Reads what is cached, as fast as it comes: one contestant of `l1-hit`, `l2-hit` or `growth`. */
import { options, serve } from '../process.mjs';
import { collectGarbageAmidst, fill, measureAgain, readsPerSecond, warmUpAgain } from '../reading.mjs';
import { Source } from '../source.mjs';
import { KEYS, valueOf, zipf } from '../workload.mjs';
import { subjects } from './hit.subjects.mjs';

const { subject, keys = KEYS, valueBytes, inFlight = 1, sync, redisUrl } = options;
const source = new Source((index) => valueOf(index, valueBytes));
let measure;
let refill;
let readAgain;

serve({
  async warmUp({ forMs }) {
    const read = await subjects[subject]({ ...options, keys }, source.load);
    // Twice: some make of what they were given what they answer with when it is read for the first time.
    refill = () => fill(keys, read);
    await refill();
    await refill();
    const sequence = zipf(keys);
    readAgain = async () => {
      for (const index of sequence) await read(index);
    };
    measure = readsPerSecond(read, { keys, inFlight, sync, redisUrl: inFlight > 1 ? redisUrl : undefined });
    await measure(forMs);
  },

  collectGarbage: () => collectGarbageAmidst(measure),

  /**
   * @param all whether all that will be read is read once more: the collection of garbage that goes before leaves its sweeping to
   *   threads of V8's own, whose time would count, and that of a million entries is longer than a visit
   */
  async warmUpAgain({ forMs, all = false }) {
    if (all) await readAgain();
    // What never waits is little code, and soon compiled.
    await warmUpAgain(measure, inFlight > 1 ? forMs : forMs / 2);
  },

  /** @returns reads per second */
  round: ({ forMs }) => source.hitsOnly(() => measureAgain(measure, forMs), refill),
});
