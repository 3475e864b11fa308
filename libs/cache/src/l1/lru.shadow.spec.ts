import { LruShadow, SAMPLE } from './lru.shadow.js';

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

  it('follows about one key in four', () => {
    let followed = 0;
    for (let number = 0; number < 40_000; number += 1) {
      if (LruShadow.follows(Math.imul(number, 0x9e3779b1))) followed += 1;
    }
    expect(followed / 40_000).toBeCloseTo(1 / SAMPLE, 1);
  });
});
