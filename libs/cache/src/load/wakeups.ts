import type { Clock } from '../clock.js';

/** Waiting for somebody else's load to end: woken by the bus, by a load of this process, or by the time limit. */
export class Wakeups {
  private readonly sleepers = new Map<string, Set<() => void>>();

  constructor(private readonly clock: Clock) {}

  /** Starts listening at once, so that what happens before `wait` is not missed. Every listener ends with `stop`. */
  listen(key: string): Listener {
    let wake!: () => void;
    const woken = new Promise<void>((resolve) => {
      wake = resolve;
    });
    let sleepers = this.sleepers.get(key);
    if (sleepers === undefined) {
      sleepers = new Set();
      this.sleepers.set(key, sleepers);
    }
    sleepers.add(wake);
    const stop = (): void => {
      const present = this.sleepers.get(key);
      present?.delete(wake);
      if (present?.size === 0) this.sleepers.delete(key);
    };
    const wait = async (limitMs: number): Promise<void> => {
      const cancel = this.clock.setTimer(wake, limitMs);
      await woken;
      cancel();
    };
    return { wait, stop };
  }

  wake(key: string): void {
    for (const wake of this.sleepers.get(key) ?? []) wake();
  }

  /** The store is lost: nobody will be told of the end of a load any more. */
  wakeAll(): void {
    for (const sleepers of this.sleepers.values()) for (const wake of sleepers) wake();
  }
}

export interface Listener {
  /** Resolves when the key's load ended since `listen`, at the latest after `limitMs`. */
  wait(limitMs: number): Promise<void>;
  stop(): void;
}
