/** Where a machine stops Redis for a while, our cache goes to the source: such a round is no round of hits. */
const TRIES = 10;
/** So few that they change no figure. */
const TOLERATED_SHARE = 1 / 1_000;

/** Where values come from when they are not cached. It knows how often it was asked. */
export class Source {
  loads = 0;

  /** @param {(index: number) => object} valueOf the value of a key's index */
  constructor(valueOf) {
    this.load = (index) => {
      this.loads += 1;
      return valueOf(index);
    };
  }

  /**
   * Measures until next to nothing had to be loaded meanwhile.
   *
   * @param {() => Promise<{ reads: number, perSecond: number }>} measure
   * @param {() => Promise<void>} refill reads everything, before it is measured again
   * @returns reads per second
   * @throws Error when that does not come about
   */
  async hitsOnly(measure, refill) {
    for (let tries = 1; tries <= TRIES; tries += 1) {
      this.loads = 0;
      const { reads, perSecond } = await measure();
      if (this.loads <= reads * TOLERATED_SHARE) return perSecond;
      await refill();
    }
    throw new Error(`${this.loads} reads were no hits`);
  }
}
