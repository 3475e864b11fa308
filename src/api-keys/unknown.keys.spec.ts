import { ManualClock } from '@chaincache/cache/testing';
import { UnknownKeys } from './unknown.keys.js';

describe('keys that are unknown', () => {
  let clock: ManualClock;
  let unknown: UnknownKeys;

  beforeEach(() => {
    clock = new ManualClock();
    unknown = new UnknownKeys(clock);
  });

  it('are remembered for 30 s', async () => {
    unknown.add('a', unknown.moment());
    await clock.advance(29_999);
    expect(unknown.has('a')).toBe(true);
    await clock.advance(1);
    expect(unknown.has('a')).toBe(false);
  });

  it('are forgotten one by one, or all', () => {
    for (const key of ['a', 'b', 'c']) unknown.add(key, unknown.moment());
    unknown.forget('a');
    expect(['a', 'b', 'c'].map((key) => unknown.has(key))).toEqual([false, true, true]);
    unknown.forgetAll();
    expect(['a', 'b', 'c'].map((key) => unknown.has(key))).toEqual([false, false, false]);
  });

  it('are not remembered when any was made since the look began', () => {
    const moment = unknown.moment();
    unknown.forget('a');
    unknown.add('a', moment);
    expect(unknown.has('a')).toBe(false);
  });

  it('are at most 10 000: the oldest make room', () => {
    for (let index = 0; index <= 10_000; index += 1) unknown.add(`key ${index}`, unknown.moment());
    expect([0, 1, 10_000].map((index) => unknown.has(`key ${index}`))).toEqual([false, true, true]);
  });
});
