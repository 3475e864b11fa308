/** One in so many is taken of what comes beyond the first, and of what comes beyond these. */
const SHARES = [8, 64] as const;

/**
 * Which of many uses are looked at, so that a look costs little however many there are: in each period the first ones,
 * then one in 8, and when those are as many again, one in 64. Each tells for how many it stands.
 */
export class UseSampling {
  /** Uses to leave out before the next one is taken. */
  skip = 0;
  private taken = 0;
  private random = 1;

  /** @param exact how many are all taken in a period */
  constructor(private readonly exact: number) {}

  /** Of one use: for how many it stands; 0: it is left out. */
  weigh(): number {
    if (this.skip === 0) return this.take();
    this.skip -= 1;
    return 0;
  }

  /** Of one use that is not left out, where somebody else counts down `skip`: for how many it stands. */
  take(): number {
    this.taken += 1;
    this.skip = 0;
    if (this.taken <= this.exact) return 1;
    const share = this.taken <= 2 * this.exact ? SHARES[0] : SHARES[1];
    // From 0 to twice the share, so that it is met on average and a stream with a period hides nothing.
    this.random = (Math.imul(this.random, 1_664_525) + 1_013_904_223) | 0;
    this.skip = (this.random >>> 16) % (2 * share - 1);
    return share;
  }

  nextPeriod(): void {
    this.taken = 0;
    this.skip = 0;
  }
}
