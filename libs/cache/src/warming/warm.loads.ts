import { AsyncResource } from 'node:async_hooks';
import type { CatalogEntry, EntryRef } from '../catalog.js';
import { sleep, type Clock } from '../clock.js';
import type { Cache } from '../create-cache.js';
import type { Loader } from '../load/loader-call.js';
import type { WarmIntent } from '../read/read-mode.js';
import { WarmBackoff } from './warm.backoff.js';
import type { CallBudget } from './call.budget.js';
import type { WarmTally } from './warm.tally.js';

/** One key with what loads it. */
export interface WarmKey {
  readonly ref: EntryRef<unknown>;
  readonly loader: Loader<unknown>;
}

export interface WarmResult {
  readonly outcome: 'warmed' | 'failed' | 'skipped';
  /** For how long what is cached now is fresh; 0 where nothing is, or nobody knows. */
  readonly freshForMs: number;
  readonly error?: unknown;
}

/** What an operator asks for is done in any case; all else gives way to a failing source and to users' calls. */
export type WarmUrgency = 'background' | 'ordered';

const LOOK_FOR_STORE_MS = 50;
const SKIPPED: WarmResult = { outcome: 'skipped', freshForMs: 0 };

/** Warms single keys, and keeps the count. The only place that loads. */
export class WarmLoads {
  readonly backoff: WarmBackoff;
  private readonly underWay = new Set<Promise<WarmResult>>();
  /** Loads are nobody's: neither a request's, whose allowance they would use up, nor a transaction's. */
  private readonly nobody = new AsyncResource('CacheWarmer');
  private stopped = false;

  constructor(
    private readonly cache: Pick<Cache, 'manager' | 'hits' | 'storeState'>,
    private readonly budget: CallBudget,
    private readonly tally: WarmTally,
    private readonly clock: Clock,
    private readonly onFailure: (entry: string, error: unknown) => void,
  ) {
    this.backoff = new WarmBackoff(clock);
  }

  /** Warms one key. Never rejects. */
  run(key: WarmKey, intent: WarmIntent, urgency: WarmUrgency = 'background'): Promise<WarmResult> {
    const { entry } = key.ref;
    if (this.stopped || (urgency === 'background' && !this.mayTry(entry))) return this.skip(entry);
    const running = this.nobody.runInAsyncScope(() => this.warm(key, intent, urgency));
    this.underWay.add(running);
    return running.finally(() => this.underWay.delete(running));
  }

  /** What is left of fresh, as all processes see it; null: cold. */
  freshLeftMs({ ref }: WarmKey): Promise<number | null> {
    return this.cache.manager.ttl(ref, this.cache.storeState() === 'none' ? {} : { mode: 'L2' });
  }

  /** How old what is cached is; null: cold. */
  async ageMs({ ref }: WarmKey): Promise<number | null> {
    return (await this.cache.hits.peek(ref))?.ageMs ?? null;
  }

  /** Waits for the second tier, as long as is allowed: what is loaded before it is there is of little use. */
  async untilStored(deadlineMs: number): Promise<void> {
    while (this.cache.storeState() === 'down' && !this.stopped && this.clock.now() < deadlineMs) {
      await sleep(this.clock, LOOK_FOR_STORE_MS);
    }
  }

  skip(entry: CatalogEntry<unknown>): Promise<WarmResult> {
    this.tally.add(entry.name, 'skipped');
    return Promise.resolve(SKIPPED);
  }

  /** No load begins after the call; resolves once those under way have ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.underWay);
  }

  private mayTry(entry: CatalogEntry<unknown>): boolean {
    // Without the second tier what is loaded serves for S at most: not worth a call.
    return this.cache.storeState() !== 'down' && this.backoff.waitMs(entry.name) === 0;
  }

  private async warm({ ref, loader }: WarmKey, intent: WarmIntent, urgency: WarmUrgency): Promise<WarmResult> {
    const { name } = ref.entry;
    if (!(await this.budget.take(name, urgency === 'ordered'))) return this.skip(ref.entry);
    try {
      const result = await this.cache.manager.warm(ref, loader, intent);
      if (result === null || result.tier === 'L1' || result.tier === 'L2') {
        this.tally.add(name, 'skipped');
        return { outcome: 'skipped', freshForMs: result?.freshForMs ?? 0 };
      }
      if (result.tier === 'STALE')
        return this.failed(name, new Error('the source failed and an expired value stands in'));
      this.backoff.succeeded(name);
      this.tally.addWarmed(name, ref.key, result.freshForMs);
      return { outcome: 'warmed', freshForMs: result.freshForMs };
    } catch (error) {
      return this.failed(name, error);
    }
  }

  private failed(entry: string, error: unknown): WarmResult {
    this.backoff.failed(entry);
    this.tally.add(entry, 'failed');
    this.onFailure(entry, error);
    return { outcome: 'failed', freshForMs: 0, error };
  }
}
