/** What every contestant reads: the same values under the same keys in the same order, in each run. */

export const KEYS = 10_000;
/** A power of two: positions in a sequence wrap by a mask. */
export const SEQUENCE_LENGTH = 1 << 16;
export const LIFE_MS = 3_600_000;

/** A linear congruential generator, 0 to 1. Numerical Recipes. */
export function random(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Ranks below `keys`, drawn by Zipf's law with exponent 1, in an order that does not depend on who reads. */
export function zipf(keys, length = SEQUENCE_LENGTH) {
  const cumulative = new Float64Array(keys);
  let sum = 0;
  for (let rank = 0; rank < keys; rank += 1) cumulative[rank] = sum += 1 / (rank + 1);
  const next = random(42);
  return Uint32Array.from({ length }, () => firstAtLeast(cumulative, next() * sum));
}

function firstAtLeast(cumulative, wanted) {
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cumulative[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Ids look like addresses, so that keys are as long as those of the application. */
export const idOf = (index) => `0x${(index * 2_654_435_761).toString(16).padStart(40, '0').slice(-40)}`;
export const keyOf = (id) => `item:${id}`;

/** Two tags of its own and one that all share, as in the application's catalog. */
export const TAG_TEMPLATES = ['owner:{id}', 'balance:{id}', 'items'];
export const tagsOf = (id) => TAG_TEMPLATES.map((template) => template.replace('{id}', id));

const TOKEN = { symbol: 'TKN', name: 'A token of the chain', decimals: 18, logo: 'https://tokens.example/logo.png' };

/** A JSON value of so many bytes, as an API answers: a list of small records. `serial` is what readers add up. */
export function valueOf(index, sizeBytes = 1_024) {
  const value = { serial: index + 1, address: idOf(index), tokens: [], note: '' };
  let missing = sizeBytes - JSON.stringify(value).length;
  for (let at = 0; missing > LARGEST_TOKEN; at += 1) {
    const token = { ...TOKEN, balance: String((index + 1) * 1_000_003 + at), value: at * 1.25 };
    missing -= JSON.stringify(token).length + (at === 0 ? 0 : 1);
    value.tokens.push(token);
  }
  value.note = 'x'.repeat(Math.max(0, missing));
  return value;
}

const LARGEST_TOKEN = 170;
