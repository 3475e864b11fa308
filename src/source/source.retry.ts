import { setTimeout as wait } from 'node:timers/promises';
import { SourceError } from './source.error.js';

export interface RetryPolicy {
  /** Calls in all, the first included. */
  readonly attempts: number;
  readonly baseMs: number;
  readonly capMs: number;
}

/** Three calls at most: more would not fit into the deadline of a request that somebody waits for. */
export const DEFAULT_RETRY: RetryPolicy = { attempts: 3, baseMs: 100, capMs: 1_000 };

export interface RetryOptions {
  /** Ends the call and the waiting. */
  readonly signal: AbortSignal;
  /** When the signal will fire, on `now`'s clock: a pause that would outlive it is not begun. */
  readonly deadlineMs: number;
  readonly policy?: RetryPolicy;
  readonly now?: () => number;
  readonly random?: () => number;
  readonly pause?: (delayMs: number, signal: AbortSignal) => Promise<unknown>;
}

/**
 * Calls a source again after failures that may pass, with exponential backoff and full jitter: the pause before call
 * n+1 is random in [0, min(cap, base·2ⁿ)], which spreads many clients best (M. Brooker, "Exponential Backoff And
 * Jitter", AWS Architecture Blog, 2015). A Retry-After is waited for where the deadline allows it. This is the only
 * layer that retries.
 * @throws the last SourceError; anything else passes at once
 */
export async function withRetry<T>(call: () => Promise<T>, options: RetryOptions): Promise<T> {
  const {
    signal,
    deadlineMs,
    policy = DEFAULT_RETRY,
    now = Date.now,
    random = Math.random,
    pause = abortablePause,
  } = options;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof SourceError) || !error.options.retryable || attempt >= policy.attempts) throw error;
      const backoffMs = random() * Math.min(policy.capMs, policy.baseMs * 2 ** attempt);
      const delayMs = Math.max(error.options.retryAfterMs ?? 0, backoffMs);
      if (signal.aborted || now() + delayMs >= deadlineMs) throw error;
      await pause(delayMs, signal).catch(() => undefined);
      if (signal.aborted) throw error;
    }
  }
}

function abortablePause(delayMs: number, signal: AbortSignal): Promise<unknown> {
  return wait(delayMs, undefined, { signal });
}
