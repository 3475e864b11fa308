import type { Clock } from '../clock.js';

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;

interface Failing {
  readonly times: number;
  readonly untilMs: number;
}

/**
 * After a failed load its entry is left alone for a while: 1 s, then twice as long each time, 60 s at most, a random
 * quarter of it less. One that succeeds ends it. Readers are not concerned: their loads go on.
 */
export class WarmBackoff {
  private readonly failing = new Map<string, Failing>();

  constructor(private readonly clock: Clock) {}

  /** Ms until the entry may be tried again; 0: now. */
  waitMs(entry: string): number {
    return Math.max(0, (this.failing.get(entry)?.untilMs ?? 0) - this.clock.now());
  }

  succeeded(entry: string): void {
    this.failing.delete(entry);
  }

  failed(entry: string): void {
    // Loads that ran side by side fail together: that is one failure.
    if (this.waitMs(entry) > 0) return;
    const times = (this.failing.get(entry)?.times ?? 0) + 1;
    const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (times - 1)) * (1 - this.clock.random() / 4);
    this.failing.set(entry, { times, untilMs: this.clock.now() + waitMs });
  }
}
