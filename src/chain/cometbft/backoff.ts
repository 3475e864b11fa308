import type { Clock } from '@chaincache/cache';

export interface BackoffOptions {
  /** Longest first pause. */
  readonly firstMs: number;
  /** Longest pause of all. */
  readonly longestMs: number;
}

/**
 * Pauses that double from one failure to the next, each drawn between a half and the whole of its length, so that
 * instances which lost a node together do not come back together.
 */
export class Backoff {
  private failures = 0;

  constructor(
    private readonly clock: Clock,
    private readonly options: BackoffOptions,
  ) {}

  nextMs(): number {
    const wholeMs = Math.min(this.options.firstMs * 2 ** this.failures, this.options.longestMs);
    this.failures = Math.min(this.failures + 1, 30);
    return wholeMs * (0.5 + this.clock.random() / 2);
  }

  reset(): void {
    this.failures = 0;
  }
}
