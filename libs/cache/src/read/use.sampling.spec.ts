import { UseSampling } from './use.sampling.js';

describe('a sample of many uses', () => {
  const weigh = (sampling: UseSampling, uses: number): { looks: number; weight: number } => {
    let looks = 0;
    let weight = 0;
    for (let use = 0; use < uses; use += 1) {
      const stands = sampling.weigh();
      if (stands > 0) looks += 1;
      weight += stands;
    }
    return { looks, weight };
  };

  it('is all of them as long as they are few, in each period anew', () => {
    const sampling = new UseSampling(1_000);
    for (let period = 0; period < 3; period += 1) {
      expect(weigh(sampling, 1_000)).toEqual({ looks: 1_000, weight: 1_000 });
      sampling.nextPeriod();
    }
  });

  it('is an eighth of more, and a sixty-fourth of many more, and stands for all of them', () => {
    const sampling = new UseSampling(1_000);
    weigh(sampling, 1_000);
    const eighth = weigh(sampling, 7_000);
    expect(Math.abs(eighth.looks - 875)).toBeLessThan(80);
    expect(Math.abs(eighth.weight - 7_000)).toBeLessThan(700);
    weigh(sampling, 3_000);
    const many = weigh(sampling, 640_000);
    expect(Math.abs(many.looks - 10_000)).toBeLessThan(500);
    expect(Math.abs(many.weight - 640_000)).toBeLessThan(32_000);
  });

  it('meets every place of a stream with a period', () => {
    const sampling = new UseSampling(0);
    const met = new Set<number>();
    for (let use = 0; use < 100_000; use += 1) if (sampling.weigh() > 0) met.add(use % 64);
    expect(met.size).toBe(64);
  });
});
