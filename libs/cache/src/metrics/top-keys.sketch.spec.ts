import { TopKeys } from './top-keys.sketch.js';

const KEYS = 1_000_000;

/** Seeded: always the same. */
function* uniform(): Generator<number> {
  for (let state = 7; ;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

/** Each of a million keys once, and between them a zipf stream (exponent 1) of their ranks, drawn by its inverse. */
function* stream(): Generator<number> {
  const draws = uniform();
  for (let key = 0; key < KEYS; key += 1) {
    yield key;
    if (key % 3 === 0) yield Math.min(KEYS - 1, Math.floor(KEYS ** draws.next().value!) - 1);
  }
}

/** Ranks in no order that a hash could profit from. */
const keyOf = (rank: number): string => `tokens:0x${Math.imul(rank + 1, 0x9e3779b1) >>> 0}`;

describe('the sketch of the top keys', () => {
  it('finds the true top 20 of a zipf stream over a million keys, with their exact numbers or a bound that holds', () => {
    const top = new TopKeys();
    const truth = new Uint32Array(KEYS);
    for (const rank of stream()) {
      top.add('balances', keyOf(rank));
      truth[rank]! += 1;
    }
    // The hottest stand first: a look at the first ranks is enough.
    const expected = [...truth.subarray(0, 1_000).entries()].sort((one, other) => other[1] - one[1]).slice(0, 20);
    const found = top.top(20);
    expect(new Set(found.map(({ key }) => key))).toEqual(new Set(expected.map(([rank]) => keyOf(rank))));
    for (const [rank, count] of expected) {
      const reported = found.find(({ key }) => key === keyOf(rank))!;
      expect(reported.count).toBeGreaterThanOrEqual(count);
      expect(reported.count - reported.estimated).toBeLessThanOrEqual(count);
    }
  });

  it('is exact while there are no more keys than it follows', () => {
    const top = new TopKeys();
    for (let key = 0; key < 500; key += 1) for (let use = 0; use <= key; use += 1) top.add('entry', `k:${key}`);
    expect(top.top(3)).toEqual([
      { key: 'k:499', entry: 'entry', count: 500, estimated: 0 },
      { key: 'k:498', entry: 'entry', count: 499, estimated: 0 },
      { key: 'k:497', entry: 'entry', count: 498, estimated: 0 },
    ]);
  });

  it('lets a key that becomes hot late take the place of one that is not', () => {
    const top = new TopKeys();
    for (let key = 0; key < 100_000; key += 1) top.add('entry', `once:${key}`);
    for (let use = 0; use < 100; use += 1) top.add('entry', 'late');
    expect(top.top(1)[0]).toMatchObject({ key: 'late' });
  });

  it('forgets what was hot once', () => {
    const top = new TopKeys();
    top.add('entry', 'yesterday', 1_000);
    for (let halved = 0; halved < 5; halved += 1) top.halve();
    top.add('entry', 'today', 100);
    expect(top.top(2).map(({ key, count }) => [key, count])).toEqual([
      ['today', 100],
      ['yesterday', 31],
    ]);
  });
});
