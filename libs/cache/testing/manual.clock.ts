import type { CancelTimer, Clock } from '../src/clock.js';

interface PendingTimer {
  readonly dueMs: number;
  readonly callback: () => void;
}

/** A clock that stands still until it is told to go on. `random` gives what was queued, else 0.5. */
export class ManualClock implements Clock {
  private readonly timers = new Set<PendingTimer>();
  private readonly randoms: number[] = [];

  constructor(private timeMs = 0) {}

  now(): number {
    return this.timeMs;
  }

  random(): number {
    return this.randoms.shift() ?? 0.5;
  }

  /** Makes the next calls of `random` give these, in order. */
  queueRandom(...values: readonly number[]): void {
    this.randoms.push(...values);
  }

  setTimer(callback: () => void, delayMs: number): CancelTimer {
    const timer = { dueMs: this.timeMs + Math.max(0, delayMs), callback };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }

  /** How many timers wait. */
  get pendingTimers(): number {
    return this.timers.size;
  }

  /**
   * Lets time pass. Timers fire in the order in which they are due, and what follows from one (promises, immediates)
   * is done before the next fires, so that a timer it sets falls into its place.
   */
  async advance(durationMs: number): Promise<void> {
    const endMs = this.timeMs + durationMs;
    await settled();
    for (let next = this.nextDue(endMs); next !== undefined; next = this.nextDue(endMs)) {
      this.timers.delete(next);
      this.timeMs = Math.max(this.timeMs, next.dueMs);
      next.callback();
      await settled();
    }
    this.timeMs = endMs;
    await settled();
  }

  private nextDue(endMs: number): PendingTimer | undefined {
    let next: PendingTimer | undefined;
    for (const timer of this.timers) {
      if (timer.dueMs <= endMs && (next === undefined || timer.dueMs < next.dueMs)) next = timer;
    }
    return next;
  }
}

/** Resolves when all that can happen without time passing has happened. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
