import { AsyncResource } from 'node:async_hooks';
import type { Catalog, CatalogEntry, EntryRef } from '../catalog.js';
import { systemClock, type Clock } from '../clock.js';
import type { CacheEvents, CacheListener } from '../events.js';
import type { LoadContext, Loader } from '../load/loader-call.js';
import type { ConsistencyCheck } from './consistency.check.js';

export interface ConsistencySamplerOptions {
  /** Part of all hits that is compared, 0 to 1. Default 0.001. */
  readonly share?: number;
  /** Most comparisons begun in a second. Default 5. */
  readonly perSecond?: number;
  /**
   * Younger hits are not compared: what was read from its source a moment ago has had no time to differ, and a burst of
   * readers of one cold key must stay one call of its source. Default 5 s; 0 where every hit is to be compared.
   */
  readonly minAgeMs?: number;
  readonly clock?: Clock;
}

/** How to load a key of an entry past the cache; `CacheRegistry.loaderOf` is one. */
export type LoaderOf = (entry: CatalogEntry<unknown>) => ((params: unknown) => Loader<unknown>) | undefined;

const SECOND_MS = 1_000;
const MIN_AGE_MS = 5_000;

/**
 * Compares a share of all hits with their source, in the background: consistency is measured, not claimed. What it
 * finds is told as `compared`. It reads without being counted as a read, and outside of the request whose hit it
 * follows, so that no client pays for it.
 */
export class ConsistencySampler implements CacheListener {
  private readonly clock: Clock;
  private readonly share: number;
  private readonly perSecond: number;
  private readonly minAgeMs: number;
  private readonly outside = new AsyncResource('ConsistencySampler');
  private skip: number;
  private secondAt = -Infinity;
  private begunInSecond = 0;
  private readonly running = new Set<string>();

  constructor(
    private readonly catalog: Catalog,
    private readonly loaderOf: LoaderOf,
    private readonly check: ConsistencyCheck,
    private readonly events: CacheEvents,
    options: ConsistencySamplerOptions = {},
  ) {
    this.clock = options.clock ?? systemClock;
    this.share = options.share ?? 0.001;
    this.perSecond = options.perSecond ?? 5;
    this.minAgeMs = options.minAgeMs ?? (this.share >= 1 ? 0 : MIN_AGE_MS);
    this.skip = this.nextSkip();
  }

  hit(entry: string, key: string, _tier: 'L1' | 'L2' | 'STALE', ageMs: number): void {
    this.l1Hits(entry, key, 1, ageMs);
  }

  l1Hits(entry: string, key: string, weight: number, ageMs: number): void {
    if (ageMs < this.minAgeMs) return;
    if (this.skip >= weight) this.skip -= weight;
    else this.sample(entry, key);
  }

  private sample(entryName: string, key: string): void {
    this.skip = this.nextSkip();
    const entry = this.catalog.get(entryName);
    // A key with a namespace in front is none of the entry's own.
    const params = entry?.match(key) ?? null;
    if (entry === undefined || params === null || this.running.has(key) || !this.mayBegin()) return;
    const load = this.loaderOf(entry)?.(params);
    if (load === undefined) return;
    this.running.add(key);
    this.outside.runInAsyncScope(() => {
      void this.compare(entry.ref(params), load).finally(() => this.running.delete(key));
    });
  }

  private async compare(ref: EntryRef<unknown>, load: Loader<unknown>): Promise<void> {
    const verdict = await this.check.verdict(ref, async () => load(contextOf(ref)));
    if (verdict !== null) this.events.compared(ref.entry.name, ref.key, verdict.result, verdict.ageMs);
  }

  private mayBegin(): boolean {
    const now = this.clock.now();
    if (now - this.secondAt >= SECOND_MS) {
      this.secondAt = now;
      this.begunInSecond = 0;
    }
    this.begunInSecond += 1;
    return this.begunInSecond <= this.perSecond;
  }

  /** Hits until the next sample: geometric, as if a coin were thrown at each, but one draw a sample. */
  private nextSkip(): number {
    if (this.share <= 0) return Infinity;
    if (this.share >= 1) return 0;
    return Math.floor(Math.log(1 - this.clock.random()) / Math.log(1 - this.share));
  }
}

/** A load that nothing is filled from has nobody to tell its height and life to. */
export function contextOf(ref: EntryRef<unknown>): LoadContext {
  return {
    key: ref.key,
    signal: AbortSignal.timeout(ref.entry.policy.hardTimeoutMs),
    minHeight: null,
    atHeight: () => undefined,
    freshFor: () => undefined,
  };
}
