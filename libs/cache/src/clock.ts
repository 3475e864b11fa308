import { performance } from 'node:perf_hooks';

/** Cancels a timer; calling it again, or after the timer fired, does nothing. */
export type CancelTimer = () => void;

/**
 * Time and chance as the cache sees them. Validity never depends on the wall clock: `now` is monotonic.
 * Tests inject a manual clock (`@chaincache/cache/testing`).
 */
export interface Clock {
  /** Milliseconds since an arbitrary origin; never goes back. */
  now(): number;
  /** A number in [0, 1). */
  random(): number;
  /** Calls `callback` once after `delayMs`. The timer does not keep the process alive. */
  setTimer(callback: () => void, delayMs: number): CancelTimer;
}

/** The process's own clock: CLOCK_MONOTONIC through `performance.now`. */
export const systemClock: Clock = {
  now: () => performance.now(),
  random: Math.random,
  setTimer(callback, delayMs) {
    const timer = setTimeout(callback, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Resolves after `delayMs` of the given clock. */
export function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.setTimer(resolve, delayMs);
  });
}
