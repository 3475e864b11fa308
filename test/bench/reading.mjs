/** Readers that count what they read. */
import { SEQUENCE_LENGTH, zipf } from './workload.mjs';

const MASK = SEQUENCE_LENGTH - 1;
/** Reads between two looks at the clock. */
const BETWEEN_LOOKS = 128;

/**
 * Reads for a time along the sequence, and adds up what comes, so that nothing is left out as unused.
 *
 * @param {(index: number) => Promise<{ serial: number }>} read the value of a key's index; with `sync` it
 *   gives the value itself
 * @returns reads per second
 */
export function readsPerSecond(read, { keys, inFlight = 1, sync = false }) {
  const sequence = zipf(keys);
  const expected = (from, count) => {
    let sum = 0;
    for (let at = from; at < from + count; at += 1) sum += sequence[at & MASK] + 1;
    return sum;
  };
  let at = 0;
  let sum = 0;

  async function reader(until) {
    do {
      for (let left = BETWEEN_LOOKS / inFlight; left > 0; left -= 1) {
        const { serial } = await read(sequence[at++ & MASK]);
        sum += serial;
      }
    } while (performance.now() < until);
  }

  function syncReader(until) {
    do {
      for (let left = BETWEEN_LOOKS; left > 0; left -= 1) sum += read(sequence[at++ & MASK]).serial;
    } while (performance.now() < until);
  }

  return async (forMs) => {
    at = 0;
    sum = 0;
    const began = performance.now();
    if (sync) syncReader(began + forMs);
    else await Promise.all(Array.from({ length: inFlight }, () => reader(began + forMs)));
    const tookMs = performance.now() - began;
    if (sum !== expected(0, at)) throw new Error('what was read is not what was written');
    return (at / tookMs) * 1_000;
  };
}
