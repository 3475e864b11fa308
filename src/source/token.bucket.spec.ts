import { TokenBuckets } from './token.bucket.js';

describe('token buckets', () => {
  let nowMs = 0;
  const buckets = (perMinute: number, burst: number, maxBuckets?: number): TokenBuckets => {
    nowMs = 0;
    return new TokenBuckets(perMinute, burst, () => nowMs, maxBuckets);
  };

  it('give a burst at once, then one for each share of a minute', () => {
    const limit = buckets(6, 2);
    expect([limit.take('a'), limit.take('a'), limit.take('a')]).toEqual([0, 0, 10_000]);
    nowMs = 9_999;
    expect(limit.take('a')).toBe(1);
    nowMs = 10_000;
    expect([limit.take('a'), limit.take('a')]).toEqual([0, 10_000]);
  });

  it('never hold more than the burst', () => {
    const limit = buckets(60, 2);
    nowMs = 3_600_000;
    expect([limit.take('a'), limit.take('a'), limit.take('a')]).toEqual([0, 0, 1_000]);
  });

  it('are looked into without taking', () => {
    const limit = buckets(6, 1);
    expect([limit.peek('a'), limit.peek('a'), limit.take('a'), limit.peek('a')]).toEqual([0, 0, 0, 10_000]);
  });

  it('are each client’s own', () => {
    const limit = buckets(6, 1);
    expect([limit.take('a'), limit.take('b'), limit.take('a')]).toEqual([0, 0, 10_000]);
  });

  it('stay bounded, and give up the one unused for longest', () => {
    const limit = buckets(6, 1, 2);
    for (const client of ['a', 'b', 'a', 'c']) limit.take(client);
    expect(limit.size).toBe(2);
    expect([limit.peek('a'), limit.peek('b')]).toEqual([10_000, 0]);
  });
});
