/** Readers that count what they read. */
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { collectOnce } from './process.mjs';
import { busierPerSecond } from './busier.mjs';
import { processorMs } from './processor-time.mjs';
import { SEQUENCE_LENGTH, zipf } from './workload.mjs';

const MASK = SEQUENCE_LENGTH - 1;
/** Reads between two looks at the clock. */
const BETWEEN_LOOKS = 256;
/** Hits of memory never wait, and what a cache hears from others would never come in. */
const LOOKS_A_TURN = 16;
const WARM_UP_LOOKS = 10;
const AMIDST_MS = 30;
const LEAD_IN_MS = 20;
/** Written at once, before anything is measured. */
const FILLED_AT_ONCE = 50;

/** Has `write(index)` done for each index below `count`. */
export async function fill(count, write) {
  for (let from = 0; from < count; from += FILLED_AT_ONCE) {
    const size = Math.min(FILLED_AT_ONCE, count - from);
    await Promise.all(Array.from({ length: size }, (_none, index) => write(from + index)));
    // What is in memory is answered without a turn, and a cache that hears nothing from others for long holds nothing.
    await turn();
  }
}

/**
 * Reads for a time along the sequence, and adds up what comes, so that nothing is left out as unused.
 *
 * @param {(index: number) => Promise<{ serial: number }>} read the value of a key's index; with `sync` it gives the value
 *   itself
 * @returns how many there were, and how many a second: see `busierPerSecond`
 */
export function readsPerSecond(read, { keys, inFlight = 1, sync = false, redisUrl }) {
  const sequence = zipf(keys);
  // On a busy machine code that never waits would otherwise hardly run, and be measured before it is compiled.
  const now = inFlight === 1 ? processorMs : () => performance.now();
  let at = 0;
  let sum = 0;

  async function reader(until, pace) {
    for (let looks = 1; now() < until; looks += 1) {
      pace.note(at);
      for (let left = BETWEEN_LOOKS / inFlight; left > 0; left -= 1) {
        const { serial } = await read(sequence[at++ & MASK]);
        sum += serial;
      }
      if (looks % LOOKS_A_TURN === 0) await turn();
    }
  }

  function syncReader(until, pace) {
    do {
      pace.note(at);
      for (let left = BETWEEN_LOOKS; left > 0; left -= 1) sum += read(sequence[at++ & MASK]).serial;
    } while (now() < until);
  }

  const readFor = (forMs) => async (pace) => {
    const until = now() + forMs;
    if (sync) syncReader(until, pace);
    else await Promise.all(Array.from({ length: inFlight }, () => reader(until, pace)));
    return at;
  };

  return async (forMs) => {
    at = 0;
    sum = 0;
    const perSecond = await busierPerSecond(redisUrl, readFor(forMs));
    if (sum !== sumOfSerials(sequence, at)) throw new Error('what was read is not what was written');
    return { reads: at, perSecond };
  };
}

/**
 * Collects garbage while reads are under way. In a lull no object of the shapes of a read is left, so that V8 drops what it had
 * compiled for them, and takes seconds to be as fast again. A service under load never sees that.
 */
export async function collectGarbageAmidst(measure) {
  await Promise.all([measure(AMIDST_MS), sleep(AMIDST_MS / 3).then(collectOnce)]);
}

/**
 * Before each round, for V8 sweeps beside what comes next once garbage was collected. By processor time: on a busy machine the
 * clock would end it before anything is compiled.
 */
export async function warmUpAgain(measure, forMs) {
  const until = processorMs() + forMs;
  while (processorMs() < until) await measure(forMs / WARM_UP_LOOKS);
}

/** Measures once the core's own caches are this process's again, after others had their turn. */
export async function measureAgain(measure, forMs) {
  await measure(LEAD_IN_MS);
  return measure(forMs);
}

function sumOfSerials(sequence, count) {
  let sum = 0;
  for (let at = 0; at < count; at += 1) sum += sequence[at & MASK] + 1;
  return sum;
}
