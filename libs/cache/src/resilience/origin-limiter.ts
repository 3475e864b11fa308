import { CacheError } from '../errors.js';

/** Callers that may wait for a free place, as a multiple of the places. */
const QUEUE_FACTOR = 32;

/**
 * Bounds how many loads of one entry run at once in this process, so that a cold cache or a lost store does not
 * turn into a flood at the source. Callers beyond that queue in order; beyond the queue they fail at once.
 */
export class OriginLimiter {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly entry: string,
    private readonly places: number,
  ) {}

  /** @throws CacheError `OVERLOADED` when the queue is full; else whatever `load` throws. */
  async run<T>(load: () => Promise<T>): Promise<T> {
    if (this.running >= this.places) {
      if (this.waiting.length >= this.places * QUEUE_FACTOR) {
        throw new CacheError(
          'OVERLOADED',
          `"${this.entry}": ${this.places} loads are running and the queue behind them is full: try again later`,
          {
            entry: this.entry,
          },
        );
      }
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else {
      this.running += 1;
    }
    try {
      return await load();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }

  get active(): number {
    return this.running;
  }
}
