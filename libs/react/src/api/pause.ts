/** Resolves after so many ms, or as soon as the signal is aborted. */
export function pause(durationMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, durationMs) as { unref?: () => void } | number;
    // Where the hooks run in Node, nobody waits for what may still happen.
    if (typeof timer === 'object') timer.unref?.();
    signal?.addEventListener('abort', () => (clearTimeout(timer as number), resolve()), { once: true });
  });
}
