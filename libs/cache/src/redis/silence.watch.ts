import type { Redis } from 'ioredis';
import type { CancelTimer, Clock } from '../clock.js';
import { LOADING_PAUSE_MS } from './connection.options.js';

/** Silence for so many times as long as a command may take means that the connection is dead. */
const DEAD_AFTER_TIMEOUTS = 4;

/**
 * Breaks a connection on which something was asked and nothing arrives any more: it may be dead, and neither TCP nor
 * ioredis would notice for minutes. While the connection is being made it watches by itself; later it is told when
 * something remains unanswered.
 *
 * When the patience is over, what has arrived in the meantime is looked at first: after a busy spell of this process
 * timers come before sockets, and a live connection would be broken. ioredis's own `socketTimeout` does not look.
 */
export class SilenceWatch {
  private end: CancelTimer | null = null;

  constructor(
    private readonly redis: Redis,
    private readonly clock: Clock,
    private readonly commandTimeoutMs: number,
  ) {
    redis.on('connect', () => this.expect(DEAD_AFTER_TIMEOUTS * commandTimeoutMs + LOADING_PAUSE_MS));
    for (const news of ['ready', 'close']) redis.on(news, () => this.end?.());
  }

  /** Something was asked so long ago and nothing has arrived since. */
  unansweredFor(durationMs: number): void {
    this.expect(DEAD_AFTER_TIMEOUTS * this.commandTimeoutMs - durationMs);
  }

  /** Whatever is waited for already stands for this too: the connection is the same. */
  private expect(withinMs: number): void {
    if (this.end !== null) return;
    const { stream } = this.redis;
    const cancel = this.clock.setTimer(() => {
      setImmediate(() => {
        if (this.end === end) stream.destroy(new Error('nothing was answered for too long'));
      });
    }, withinMs);
    const end = (): void => {
      this.end = null;
      cancel();
      stream.removeListener('data', heard);
    };
    const heard = (): void => {
      end();
      if (this.redis.status === 'connect') this.expect(withinMs);
    };
    stream.on('data', heard);
    this.end = end;
  }
}
