import fc from 'fast-check';
import { LruShadow, SAMPLE } from './lru.shadow.js';

/** The same with a map, whose order is that of use. */
class PlainLru {
  private readonly held = new Map<number, number>();

  constructor(private readonly maxBytes: number) {}

  touch(hash: number, bytes: number): boolean {
    const known = this.held.delete(hash);
    this.held.set(hash, bytes);
    const total = (): number => [...this.held.values()].reduce((sum, one) => sum + one, 0);
    while (total() > this.maxBytes && this.held.size > 1) this.held.delete(this.held.keys().next().value!);
    return known;
  }

  delete(hash: number): void {
    this.held.delete(hash);
  }

  clear(): void {
    this.held.clear();
  }
}

describe('LruShadow', () => {
  it('would have what LRU would have: the latest touched that fit', () => {
    const shadow = new LruShadow(3 * SAMPLE);
    for (const hash of [1, 2, 3]) expect(shadow.touch(hash, 1)).toBe(false);
    expect(shadow.touch(1, 1)).toBe(true);
    expect(shadow.touch(4, 1)).toBe(false);
    expect(shadow.touch(2, 1)).toBe(false);
    expect(shadow.touch(1, 1)).toBe(true);
    expect(shadow.touch(3, 1)).toBe(false);
  });

  it('counts bytes, also where a size changed', () => {
    const shadow = new LruShadow(4 * SAMPLE);
    shadow.touch(1, 2);
    shadow.touch(2, 1);
    shadow.touch(2, 3);
    expect(shadow.touch(2, 3)).toBe(true);
    expect(shadow.touch(1, 2)).toBe(false);
  });

  it('has lost what was invalidated', () => {
    const shadow = new LruShadow(4 * SAMPLE);
    shadow.touch(1, 1);
    shadow.touch(2, 1);
    shadow.delete(1);
    expect(shadow.touch(1, 1)).toBe(false);
    shadow.clear();
    expect(shadow.touch(2, 1)).toBe(false);
  });

  it('agrees with a plain LRU, whatever is asked of it, and as it grows', () => {
    const command = fc.record({
      what: fc.constantFrom('touch', 'touch', 'touch', 'touch', 'delete', 'clear'),
      // Many that want the same place, below and above 0.
      hash: fc.oneof(
        fc.integer({ min: -200, max: 200 }),
        fc.integer({ min: -9, max: 9 }).map((at) => at * 4_096),
      ),
      bytes: fc.integer({ min: 0, max: 9 }),
    });
    fc.assert(
      fc.property(fc.array(command, { maxLength: 1_500 }), fc.integer({ min: 1, max: 900 }), (commands, maxBytes) => {
        const shadow = new LruShadow(maxBytes * SAMPLE);
        const plain = new PlainLru(maxBytes);
        commands.forEach(({ what, hash, bytes }, at) => {
          if (what === 'touch') expect(shadow.touch(hash, bytes)).toBe(plain.touch(hash, bytes));
          else if (what === 'delete' || at % 50 !== 0) [shadow, plain].forEach((each) => each.delete(hash));
          else [shadow, plain].forEach((each) => each.clear());
        });
      }),
      { numRuns: 60 },
    );
  });

  it('follows about one key in four', () => {
    let followed = 0;
    for (let number = 0; number < 40_000; number += 1) {
      if (LruShadow.follows(Math.imul(number, 0x9e3779b1))) followed += 1;
    }
    expect(followed / 40_000).toBeCloseTo(1 / SAMPLE, 1);
  });
});
