import type { CancelTimer, Clock } from '../clock.js';

/**
 * Calls `look` once per heartbeat until it is cancelled, and tells it whether it came late: by more than a heartbeat, which
 * is this process's own doing. It was too busy to hear anything meanwhile, so that silence counts from such a look on.
 */
export function eachHeartbeat(clock: Clock, heartbeatMs: number, look: (wasBusy: boolean) => void): CancelTimer {
  let cancelled = false;
  let cancelNext: CancelTimer;
  const wait = (): void => {
    const dueAtMs = clock.now() + heartbeatMs;
    cancelNext = clock.setTimer(() => {
      look(clock.now() - dueAtMs > heartbeatMs);
      if (!cancelled) wait();
    }, heartbeatMs);
  };
  wait();
  return () => {
    cancelled = true;
    cancelNext();
  };
}
