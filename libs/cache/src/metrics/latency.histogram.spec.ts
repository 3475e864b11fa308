import fc from 'fast-check';
import { LatencyHistogram } from './latency.histogram.js';

const duration = fc.double({ min: 0.0001, max: 100_000, noNaN: true });

describe('the histogram of latencies', () => {
  it('gives each quantile within 1/128 of a value that was recorded at that rank', () => {
    fc.assert(
      fc.property(
        fc.array(duration, { minLength: 1, maxLength: 200 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, share) => {
          const histogram = new LatencyHistogram();
          for (const value of values) histogram.record(value);
          const sorted = values.toSorted((one, other) => one - other);
          const exact = sorted[Math.max(0, Math.ceil(share * values.length) - 1)]!;
          expect(Math.abs(histogram.quantile(share)! - exact)).toBeLessThanOrEqual(exact / 128 + 1e-12);
        },
      ),
    );
  });

  it('counts a sample for as many as it stands for', () => {
    const histogram = new LatencyHistogram();
    histogram.record(0.001, 64);
    histogram.record(10);
    expect(histogram.weight).toBe(65);
    expect(histogram.sumMs).toBeCloseTo(10.064);
    expect(histogram.quantile(0.5)).toBeLessThan(0.0011);
    expect(histogram.quantile(0.999)).toBeGreaterThan(9.9);
  });

  it('counts exactly below the bounds that exporters use', () => {
    const histogram = new LatencyHistogram();
    for (const value of [0.9, 4.9, 4.999, 5.001, 9.99, 10.01, 49, 51]) histogram.record(value);
    expect([1, 5, 10, 50, 250].map((bound) => histogram.weightBelow(bound))).toEqual([1, 3, 5, 7, 8]);
  });

  it('merges and subtracts without further error', () => {
    const first = new LatencyHistogram();
    const second = new LatencyHistogram();
    for (let value = 1; value <= 100; value += 1) (value % 2 === 0 ? first : second).record(value);
    const all = new LatencyHistogram();
    all.addPairs(first.toPairs(), first.sumMs);
    all.addPairs(second.toPairs(), second.sumMs);
    expect([all.weight, all.sumMs]).toEqual([100, 5_050]);
    all.addPairs(first.toPairs(), first.sumMs, -1);
    expect(all.toPairs()).toEqual(second.toPairs());
  });

  it('takes what a broken clock or a stranger says for what it is', () => {
    const histogram = new LatencyHistogram();
    for (const value of [-5, 0, Number.NaN, 1e6]) histogram.record(value);
    expect([histogram.weight, histogram.sumMs]).toEqual([4, 1e6]);
    histogram.addPairs([-1, 5, 1e9, 5, 0.5, 5], 0);
    expect(histogram.weight).toBe(4);
    expect(new LatencyHistogram().quantile(0.5)).toBeNull();
  });
});
