import { type Clock, systemClock } from '@chaincache/cache';
import { crowdError } from './database.error.js';

/** One holds the row's lock; the others are on their way to it. More would only wait there. */
const AT_ONCE = 4;
/** Who waits longer has come to a database that cannot keep up. */
const PATIENCE_MS = 10_000;
const MAX_WAITING = 500;

interface Queue {
  inside: number;
  readonly waiting: Set<() => void>;
}

/**
 * Lets few transactions of one name in at once, in the order in which they came. Those that change one row wait for each
 * other in any case: who waits here holds no connection meanwhile. So a wallet whose credits many change at once keeps
 * nobody else waiting, and nobody in the line is overtaken for long, as happens to waiters for a row.
 */
export class Turns {
  private readonly queues = new Map<string, Queue>();

  constructor(private readonly clock: Clock = systemClock) {}

  /** @throws SourceError when 500 are waiting, or its turn does not come within 10 s; else what `work` throws */
  async take<T>(name: string, work: () => Promise<T>): Promise<T> {
    const queue = this.queues.get(name) ?? { inside: 0, waiting: new Set() };
    this.queues.set(name, queue);
    if (queue.inside < AT_ONCE) queue.inside += 1;
    else await this.handedOver(queue);
    try {
      return await work();
    } finally {
      this.leave(name, queue);
    }
  }

  /** Its place goes to the next, or is free. */
  private leave(name: string, queue: Queue): void {
    const [next] = queue.waiting;
    if (next !== undefined) return next();
    queue.inside -= 1;
    if (queue.inside === 0) this.queues.delete(name);
  }

  private handedOver({ waiting }: Queue): Promise<void> {
    if (waiting.size === MAX_WAITING) return Promise.reject(crowdError());
    return new Promise((resolve, reject) => {
      const enter = (): void => {
        cancel();
        waiting.delete(enter);
        resolve();
      };
      const cancel = this.clock.setTimer(() => {
        waiting.delete(enter);
        reject(crowdError());
      }, PATIENCE_MS);
      waiting.add(enter);
    });
  }
}
