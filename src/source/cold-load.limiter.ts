import { Injectable } from '@nestjs/common';
import { CacheManager, type EntryRef } from '@chaincache/cache';
import { AppConfig } from '../config/app.config.js';
import { clientContext } from './client.context.js';
import { TokenBuckets } from './token.bucket.js';

/** A client asked for more that was not cached than it may in this time. */
export class ColdLoadRefused extends Error {
  override readonly name = 'ColdLoadRefused';

  constructor(
    readonly client: string,
    readonly retryAfterMs: number,
  ) {
    super('too many cold loads for this client');
  }
}

/** Enough for any number of refused loads that a caller may meet by joining those of others. */
const MAX_JOINS = 5;

/**
 * Limits how often each client makes a source work. Its one place is behind the cache: hits never meet it, and neither
 * does work that nobody asked for, such as warming.
 */
@Injectable()
export class ColdLoadLimiter {
  private readonly buckets: TokenBuckets;

  constructor(
    private readonly cache: CacheManager,
    config: AppConfig,
  ) {
    this.buckets = new TokenBuckets(config.coldLoads.perMinute, config.coldLoads.burst);
  }

  /** Called by a loader before it reads its source. @throws ColdLoadRefused when the client has no load left */
  admit(): void {
    const context = clientContext.getStore();
    if (context === undefined || context.asksForHit === true) return;
    const waitMs = this.buckets.take(context.client);
    if (waitMs > 0) throw new ColdLoadRefused(context.client, waitMs);
  }

  /**
   * Reads an entry through the cache. A client that has no load left is served only what is fresh, and begins no load:
   * each refused one would look like a failing source, and keep others on a stale value.
   * @throws ColdLoadRefused, or what `read` throws
   */
  async read<T>(target: EntryRef<T>, read: () => Promise<T>): Promise<T> {
    const context = clientContext.getStore();
    const waitMs = context === undefined ? 0 : this.buckets.peek(context.client);
    if (context === undefined || waitMs === 0) return this.joining(context?.client, read);
    if (!(await this.cache.has(target))) throw new ColdLoadRefused(context.client, waitMs);
    return clientContext.run({ ...context, asksForHit: true }, read);
  }

  /**
   * Callers of one key share one load, so a client within its limits may have joined the load of one that was just
   * refused: then it asks again, in its own name.
   */
  private async joining<T>(client: string | undefined, read: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await read();
      } catch (error) {
        const refusedAnother = error instanceof ColdLoadRefused && error.client !== client;
        if (!refusedAnother || attempt === MAX_JOINS) throw error;
      }
    }
  }
}
