/** Where a machine stops Redis for a while, our cache goes to the source: such a round is no round of hits. */
const TRIES = 5;

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

  /** Measures until nothing had to be loaded meanwhile. Throws when that does not come about. */
  async hitsOnly(measure) {
    for (let tries = 1; tries <= TRIES; tries += 1) {
      this.loads = 0;
      const measured = await measure();
      if (this.loads === 0) return measured;
    }
    throw new Error(`${this.loads} reads were no hits`);
  }
}
