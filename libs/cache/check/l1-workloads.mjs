/**
 * Seeded sequences of keys (as numbers), by name: what a cache is asked for. Each is 300 000 requests long.
 * @typedef {() => Int32Array} Workload
 */

const REQUESTS = 300_000;

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
function randomOf(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Draws 0 .. count-1, where the chance of rank r is proportional to 1 / (r + 1)^exponent. */
function zipf(count, exponent, random) {
  const sums = new Float64Array(count);
  let sum = 0;
  for (let rank = 0; rank < count; rank += 1) {
    sum += 1 / (rank + 1) ** exponent;
    sums[rank] = sum;
  }
  return () => {
    const wanted = random() * sum;
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle] < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

function shuffled(count, random) {
  const order = Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}

const requests = (next) => Int32Array.from({ length: REQUESTS }, (_, at) => next(at));

const zipfOnly = (seed, exponent) => () => {
  const draw = zipf(20_000, exponent, randomOf(seed));
  return requests(() => draw());
};

/** A visitor asks for one key several times within a short while; `visitor()` names the keys. */
function visits(random, together, arrivalRate, visitor, requestsOfVisit) {
  const present = [];
  return requests(() => {
    if (present.length < together || random() < arrivalRate) present.push({ key: visitor(), left: requestsOfVisit() });
    const place = Math.floor(random() * present.length);
    const visit = present[place];
    visit.left -= 1;
    if (visit.left === 0) {
      present[place] = present[present.length - 1];
      present.pop();
    }
    return visit.key;
  });
}

/** @type {Record<string, Workload>} */
export const workloads = {
  'zipf 0.8': zipfOnly(1, 0.8),
  'zipf 1.0': zipfOnly(2, 1.0),
  'zipf 1.2': zipfOnly(3, 1.2),

  /** 6 000 popular requests, then a scan of 3 000 keys that never come back, and so on. */
  'zipf, then scans'() {
    const draw = zipf(5_000, 0.9, randomOf(4));
    return requests((at) => (at % 9_000 < 6_000 ? draw() : 1_000_000 + at));
  },

  'half zipf, half scan'() {
    const random = randomOf(5);
    const draw = zipf(5_000, 0.9, random);
    return requests((at) => (random() < 0.5 ? draw() : 1_000_000 + at));
  },

  'loop of 1 500': () => requests((at) => at % 1_500),
  'loop of 6 000': () => requests((at) => at % 6_000),

  'half zipf, half loop'() {
    const random = randomOf(6);
    const draw = zipf(5_000, 1.0, random);
    let turn = 0;
    return requests(() => (random() < 0.5 ? draw() : 100_000 + (turn++ % 3_000)));
  },

  /** Which keys are popular changes altogether every 20 000 requests. */
  'zipf, shifting'() {
    const random = randomOf(7);
    const draw = zipf(20_000, 1.0, random);
    let order = [];
    return requests((at) => {
      if (at % 20_000 === 0) order = shuffled(20_000, random);
      return order[draw()];
    });
  },

  /** 800 hot keys, most of them replaced every 15 000 requests, and a tenth of noise. */
  'hot set, shifting'() {
    const random = randomOf(8);
    return requests((at) => {
      if (random() >= 0.9) return 100_000 + Math.floor(random() * 50_000);
      return Math.floor(at / 15_000) * 700 + Math.floor(random() * 800);
    });
  },

  /** Popularity moves on by one key every 30 requests, as with blocks. */
  drift() {
    const draw = zipf(3_000, 0.8, randomOf(9));
    return requests((at) => Math.floor(at / 30) + draw());
  },

  /** Visitors who never return: only recency helps. */
  'visits, once'() {
    const random = randomOf(10);
    let next = 0;
    return visits(
      random,
      600,
      0.12,
      () => next++,
      () => 2 + Math.floor(random() * 12),
    );
  },

  /** Visitors of whom some return often. */
  'visits, returning'() {
    const random = randomOf(11);
    const draw = zipf(30_000, 0.9, random);
    return visits(random, 400, 0.15, draw, () => 1 + Math.floor(random() * 10));
  },

  uniform() {
    const random = randomOf(12);
    return requests(() => Math.floor(random() * 5_000));
  },

  /** A loop, recency and zipf, in turns of 50 000 requests. */
  phases() {
    const random = randomOf(13);
    const draw = zipf(10_000, 1.0, random);
    return requests((at) => {
      const phase = Math.floor(at / 50_000) % 3;
      if (phase === 0) return at % 2_000;
      if (phase === 1) return 200_000 + Math.floor(at / 5) + Math.floor(random() * random() * 900);
      return 400_000 + draw();
    });
  },
};

/** The size of a key's record where sizes differ: many small ones, some a hundred times as large. */
export function sizeOf(key) {
  const mixed = Math.imul(key ^ (key >>> 15), 0x2c1b3c6d) >>> 0;
  return 200 + Math.floor(24_000 * (mixed / 2 ** 32) ** 6);
}
