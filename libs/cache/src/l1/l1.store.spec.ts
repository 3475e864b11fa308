import fc from 'fast-check';
import { Lru, optimalHits } from '../../check/l1-references.mjs';
import { sizeOf, workloads } from '../../check/l1-workloads.mjs';
import { CacheError } from '../errors.js';
import { ENTRY_OVERHEAD_BYTES, L1Store } from './l1.store.js';
import { Stored } from './stored.js';

/** What a record of no bytes under one of `keyOf`'s keys is counted as. */
const EMPTY_BYTES = ENTRY_OVERHEAD_BYTES + 16 + 9;
const keyOf = (number: number): string => `k${String(number).padStart(8, '0')}`;

class Named extends Stored {
  constructor(
    key: string,
    readonly name: string,
  ) {
    super(key);
  }
}

/** Records are told apart by their names. */
function storeOf(maxEntries: number) {
  const gone: string[] = [];
  const kept = new L1Store<Named>({
    maxBytes: maxEntries * EMPTY_BYTES,
    onEvict: ({ name }) => gone.push(name),
  });
  const store = {
    set: (key: string, name: string, sizeBytes: number) => kept.set(new Named(key, name), sizeBytes),
    get: (key: string) => kept.get(key)?.name,
    peek: (key: string) => kept.peek(key)?.name,
    delete: (key: string) => kept.delete(key)?.name,
    resize: (key: string, sizeBytes: number) => kept.resize(kept.peek(key) ?? new Named(key, 'unknown'), sizeBytes),
    clear: () => kept.clear(),
    maxBytes: kept.maxBytes,
    get entries() {
      return kept.entries;
    },
    get bytes() {
      return kept.bytes;
    },
  };
  return { store, gone };
}

describe('L1Store as a container', () => {
  it('gives back what was kept, and nothing for what was not', () => {
    const { store } = storeOf(10);
    expect(store.set('a', 'one', 100)).toBe(true);
    expect(store.get('a')).toBe('one');
    expect(store.peek('a')).toBe('one');
    expect(store.get('b')).toBeUndefined();
    expect(store.delete('a')).toBe('one');
    expect(store.delete('a')).toBeUndefined();
    expect([store.entries, store.bytes]).toEqual([0, 0]);
  });

  it('keeps a newcomer, whatever has to leave for it', () => {
    const { store } = storeOf(4);
    for (let number = 0; number < 50; number += 1) {
      store.set(keyOf(number), `record ${number}`, 0);
      expect(store.get(keyOf(number))).toBe(`record ${number}`);
    }
    expect(store.entries).toBe(4);
  });

  it('refuses a record above half of its bytes, drops the older one under that key, and says so', () => {
    const { store, gone } = storeOf(4);
    store.set('a', 'small', 0);
    expect(store.set('a', 'too large', 3 * EMPTY_BYTES)).toBe(false);
    expect(store.peek('a')).toBeUndefined();
    expect(gone).toEqual(['small']);
  });

  it('evicts others for a record that grew, and the record itself when it grew too large', () => {
    const { store, gone } = storeOf(4);
    for (let number = 0; number < 4; number += 1) store.set(keyOf(number), `record ${number}`, 0);
    expect(store.resize(keyOf(0), EMPTY_BYTES)).toBe(true);
    expect(store.peek(keyOf(0))).toBe('record 0');
    expect(store.entries).toBe(3);
    expect(store.resize(keyOf(0), 3 * EMPTY_BYTES)).toBe(false);
    expect(store.peek(keyOf(0))).toBeUndefined();
    expect(gone.at(-1)).toBe('record 0');
    expect(store.resize('unknown', 1)).toBe(false);
  });

  it('holds its bytes, agrees with itself, and reports each record that left exactly once, whatever is asked of it', () => {
    const command = fc.record({
      what: fc.constantFrom('get', 'set', 'set', 'set', 'resize', 'delete', 'clear'),
      key: fc.integer({ min: 0, max: 15 }).map(keyOf),
      size: fc.oneof(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 3_000 })),
    });
    fc.assert(
      fc.property(fc.array(command, { maxLength: 300 }), fc.integer({ min: 1, max: 12 }), (commands, maxEntries) => {
        const { store, gone } = storeOf(maxEntries);
        const kept: string[] = [];
        const latest = new Map<string, string>();
        commands.forEach(({ what, key, size }, at) => {
          if (what === 'get') store.get(key);
          if (what === 'resize') store.resize(key, size);
          if (what === 'delete') store.delete(key);
          if (what === 'clear' && at % 10 === 0) store.clear();
          if (what === 'set' && store.set(key, `${key} ${at}`, size)) {
            kept.push(`${key} ${at}`);
            latest.set(key, `${key} ${at}`);
          }
          expect(store.bytes).toBeLessThanOrEqual(store.maxBytes);
          const found = store.peek(key);
          if (found !== undefined) expect(found).toBe(latest.get(key));
        });
        const present = [...latest.keys()].map((key) => store.peek(key)).filter((record) => record !== undefined);
        expect(present).toHaveLength(store.entries);
        expect([...gone, ...present].toSorted()).toEqual(kept.toSorted());
        store.clear();
        expect([store.entries, store.bytes]).toEqual([0, 0]);
        expect(gone.toSorted()).toEqual(kept.toSorted());
      }),
      { numRuns: 300 },
    );
  });

  it.each([0, -1, NaN, Infinity])('refuses maxBytes of %p', (maxBytes) => {
    expect(() => new L1Store({ maxBytes })).toThrow(CacheError);
  });
});

/** Hits of the store, asked for each key and given what it missed, as a cache does. */
function hitsOf(requests: Int32Array, maxBytes: number, recordBytes: (key: number) => number): number {
  const store = new L1Store<Named>({ maxBytes });
  let hits = 0;
  for (const number of requests) {
    const key = keyOf(number);
    if (store.get(key) !== undefined) hits += 1;
    else store.set(new Named(key, ''), recordBytes(number));
  }
  return hits;
}

/** The ratios themselves, and at other sizes: npm run check:hit-ratio, docs/decisions/l1-policy.md. */
describe('L1Store as a policy', () => {
  /**
   * The share of all requests by which it may have fewer hits than LRU: it has to lose some before it knows that LRU
   * would win, and workloads that change keep it learning.
   */
  const TOLERANCE = 0.005;

  it.each(Object.keys(workloads))('has at least the hits of LRU: %s', (name) => {
    const capacity = 1_000;
    const requests = workloads[name]!();
    const lru = new Lru(capacity);
    const lruHits = requests.filter((key) => lru.request(key)).length;
    const hits = hitsOf(requests, capacity * EMPTY_BYTES, () => 0);
    expect(hits).toBeGreaterThanOrEqual(lruHits - TOLERANCE * requests.length);
  });

  it.each(Object.keys(workloads))('has at least the hits of LRU where sizes differ: %s', (name) => {
    const maxBytes = 2_000_000;
    const requests = workloads[name]!();
    const lru = new Lru(maxBytes);
    const lruHits = requests.filter((key) => lru.request(key, EMPTY_BYTES + sizeOf(key))).length;
    const hits = hitsOf(requests, maxBytes, sizeOf);
    expect(hits).toBeGreaterThanOrEqual(lruHits - TOLERANCE * requests.length);
  });

  it.each([
    ['loop of 1 500', 0.98],
    ['loop of 6 000', 0.98],
    ['zipf 1.2', 0.95],
    ['zipf, then scans', 0.85],
    ['visits, once', 0.98],
    ['visits, returning', 0.95],
    ['phases', 0.88],
  ])('comes near what knowledge of the future could reach: %s', (name, share) => {
    const capacity = 1_000;
    const requests = workloads[name]!();
    const hits = hitsOf(requests, capacity * EMPTY_BYTES, () => 0);
    expect(hits).toBeGreaterThanOrEqual(share * optimalHits(requests, capacity));
  });

  it('keeps what is asked for again and again through a scan of twenty times its size', () => {
    const { store } = storeOf(200);
    const popular = Array.from({ length: 100 }, (_, number) => keyOf(number));
    for (let round = 0; round < 40; round += 1) {
      for (const key of popular) if (store.get(key) === undefined) store.set(key, key, 0);
      for (let number = 0; number < 5; number += 1) store.set(keyOf(100_000 + round * 5 + number), 'noise', 0);
    }
    for (let number = 0; number < 4_000; number += 1) store.set(keyOf(200_000 + number), 'scanned', 0);
    const left = popular.filter((key) => store.peek(key) !== undefined).length;
    expect(left).toBeGreaterThanOrEqual(90);
  });

  describe('which compares itself with LRU only once it is nearly full', () => {
    const CAPACITY = 1_000;
    const filled = (entries: number) => {
      const { store } = storeOf(CAPACITY);
      for (let number = 0; number < entries; number += 1) store.set(keyOf(number), 'old', 0);
      return store;
    };
    const presentOf = (store: ReturnType<typeof filled>, first: number, count: number) =>
      Array.from({ length: count }, (_none, at) => keyOf(first + at)).filter((key) => store.peek(key) !== undefined)
        .length;

    it('LRU holds what came before that', () => {
      const store = filled(900);
      // LRU would miss none of them: no reason to give the latest less room.
      for (let number = 0; number < 900; number += 1) store.get(keyOf(number));
      for (let number = 900; number < 1_300; number += 1) store.set(keyOf(number), 'new', 0);
      expect(presentOf(store, 900, 400)).toBe(400);
    });

    it('LRU holds nothing of what was cleared, and all that came since', () => {
      const store = filled(CAPACITY);
      store.clear();
      for (let number = 2_000; number < 2_900; number += 1) store.set(keyOf(number), 'again', 0);
      for (let number = 2_000; number < 2_900; number += 1) store.get(keyOf(number));
      for (let number = 900; number < 1_300; number += 1) store.set(keyOf(number), 'new', 0);
      expect(presentOf(store, 900, 400)).toBe(400);
    });

    it('what is used from then on is recent, whenever it came', () => {
      const store = filled(950);
      // The first that would leave the window, which is half of all, and be worth no more than what is there.
      for (let number = 450; number < 550; number += 1) store.get(keyOf(number));
      for (let number = 950; number < 1_250; number += 1) store.set(keyOf(number), 'new', 0);
      expect(presentOf(store, 450, 100)).toBe(100);
    });
  });
});
