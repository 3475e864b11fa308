import fc from 'fast-check';
import { FrequencySketch, hashKey, MAX_FREQUENCY } from './frequency.sketch.js';

const frequencies = fc.array(
  fc.tuple(
    fc.string().map((key) => hashKey(key)),
    fc.integer({ min: 1, max: MAX_FREQUENCY }),
  ),
  { maxLength: 200 },
);

describe('FrequencySketch', () => {
  it('never says less than was noted, however it grew meanwhile', () => {
    fc.assert(
      fc.property(frequencies, fc.integer({ min: 1, max: 2_000 }), (noted, entries) => {
        const sketch = new FrequencySketch();
        for (const [hash, frequency] of noted) sketch.raise(hash, frequency);
        sketch.ensureCapacity(entries);
        for (const [hash, frequency] of noted) expect(sketch.estimate(hash)).toBeGreaterThanOrEqual(frequency);
      }),
    );
  });

  it('says exactly what was noted for nearly every key, with as many keys as it is made for', () => {
    const sketch = new FrequencySketch();
    const keys = Array.from({ length: 5_000 }, (_, number) => `tokens:0x${number.toString(16).padStart(40, '0')}`);
    sketch.ensureCapacity(keys.length);
    keys.forEach((key, at) => sketch.raise(hashKey(key), 1 + (at % 10)));
    const exact = keys.filter((key, at) => sketch.estimate(hashKey(key)) === 1 + (at % 10));
    expect(exact.length).toBeGreaterThan(0.97 * keys.length);
    const strangers = Array.from({ length: 5_000 }, (_, number) => hashKey(`user:info:${number}`));
    expect(strangers.filter((hash) => sketch.estimate(hash) === 0).length).toBeGreaterThan(0.9 * strangers.length);
  });

  it('forgets half of every count, without touching its neighbours', () => {
    const sketch = new FrequencySketch();
    const hashes = Array.from({ length: 2_000 }, (_, number) => hashKey(`key ${number}`));
    hashes.forEach((hash, at) => sketch.raise(hash, 1 + (at % MAX_FREQUENCY)));
    const before = hashes.map((hash) => sketch.estimate(hash));
    sketch.halve();
    expect(hashes.map((hash) => sketch.estimate(hash))).toEqual(before.map((frequency) => frequency >> 1));
  });
});
