import { Logger } from '@nestjs/common';
import { CacheError, durationMs, type CacheInvalidator, type Clock, type Duration } from '../index.js';
import type { InvalidationRule } from './cache.explorer.js';

/** How often a failed invalidation is tried again. The delay doubles each time, up to `maxDelay`. */
export class ListenerRetryOptions {
  /** Tries in all. */
  readonly attempts: number = 6;
  readonly firstDelay: Duration = '50ms';
  readonly maxDelay: Duration = '2s';
}

const INVALID_ARGUMENT = new Set(['INVALID_KEY', 'INVALID_TAG', 'INVALID_OPTION', 'INVALID_PATTERN']);

/** Turns the events of one `@InvalidateOn` into invalidations. Events are handled side by side, not in a queue. */
export class InvalidationListener {
  private readonly logger = new Logger('InvalidateOn');
  private readonly inFlight = new Set<Promise<void>>();
  private readonly pauses = new Set<() => void>();
  private stopping = false;
  private applied = 0;
  private failed = 0;

  constructor(
    private readonly rule: InvalidationRule,
    private readonly invalidator: CacheInvalidator,
    private readonly clock: Clock,
    private readonly retry: ListenerRetryOptions,
  ) {}

  get eventName(): string {
    return this.rule.eventName;
  }

  /** Where the `@InvalidateOn` stands. */
  get source(): string {
    return this.rule.source;
  }

  /** Events whose invalidation was applied or queued. */
  get appliedCount(): number {
    return this.applied;
  }

  /** Events whose invalidation was given up after the last try. */
  get failedCount(): number {
    return this.failed;
  }

  /**
   * Resolves once the event's invalidation is applied or queued; rejects with the last error when every try failed.
   * The rejection never counts as unhandled: `emit` drops this promise, `emitAsync` hands it to its caller.
   */
  handle(event: unknown): Promise<void> {
    const work = this.invalidate(event);
    this.inFlight.add(work);
    const forget = (): void => {
      this.inFlight.delete(work);
    };
    work.then(forget, forget);
    return work;
  }

  /** Cuts every pause short to one last try, and waits for what is under way. */
  async stop(): Promise<void> {
    this.stopping = true;
    for (const wake of this.pauses) wake();
    await Promise.allSettled(this.inFlight);
  }

  private async invalidate(event: unknown): Promise<void> {
    let delayMs = durationMs(this.retry.firstDelay);
    for (let attempt = 1; ; attempt += 1) {
      const last = attempt >= this.retry.attempts || this.stopping;
      try {
        await this.apply(event);
        this.applied += 1;
        return;
      } catch (error) {
        if (last || isPermanent(error)) {
          this.failed += 1;
          this.logger.error(`${this.describe(error)}: given up after try ${attempt}, what it concerns may be stale`);
          throw error;
        }
        this.logger.warn(`${this.describe(error)}: try ${attempt} of ${this.retry.attempts}`);
      }
      await this.pause(delayMs);
      delayMs = Math.min(delayMs * 2, durationMs(this.retry.maxDelay));
    }
  }

  private async apply(event: unknown): Promise<void> {
    const invalidation = await this.rule.toInvalidation(event);
    const { tags = [], keys = [], minHeight } = 'length' in invalidation ? { tags: invalidation } : invalidation;
    const options = minHeight === undefined ? {} : { minHeight };
    await Promise.all([
      tags.length > 0 ? this.invalidator.invalidateByTags(tags, options) : undefined,
      keys.length > 0 ? this.invalidator.invalidateKeys(keys) : undefined,
    ]);
  }

  private pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        cancel();
        this.pauses.delete(wake);
        resolve();
      };
      const cancel = this.clock.setTimer(wake, delayMs * (0.5 + this.clock.random() / 2));
      this.pauses.add(wake);
    });
  }

  private describe(error: unknown): string {
    const reason = error instanceof Error ? error.message : String(error);
    return `${this.eventName} at ${this.source} could not invalidate (${reason})`;
  }
}

/** Another try cannot help against a name that is no tag. */
function isPermanent(error: unknown): boolean {
  return error instanceof CacheError && INVALID_ARGUMENT.has(error.code);
}
