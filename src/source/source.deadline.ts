export interface DeadlineOptions {
  /** How long the call may take, ms. */
  readonly withinMs: number;
  /** Ends it earlier. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Calls a source with a signal that fires for certain when the time is over, with a `TimeoutError`, or with the given
 * signal and its reason. When the call is over the signal fires too, so that nothing goes on that the call left behind,
 * and neither a timer nor a listener is left.
 *
 * Not `AbortSignal.any` with `AbortSignal.timeout`: before Node 22 the garbage collector may take the latter, and then
 * nobody ends a call that hangs.
 */
export async function withDeadline<T>(
  { withinMs, signal }: DeadlineOptions,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const ending = new AbortController();
  const stop = (): void => ending.abort(signal?.reason);
  const timer = setTimeout(() => ending.abort(new DOMException('no answer in time', 'TimeoutError')), withinMs);
  signal?.addEventListener('abort', stop);
  if (signal?.aborted) stop();
  try {
    return await call(ending.signal);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
    ending.abort();
  }
}
