import type { CacheInvalidator } from './cache-invalidator.js';
import { toResult, toValue, type CacheResult, type Form } from './read/cache-result.js';
import { Caller, ManyCaller } from './read/caller.js';
import type { Catalog, EntryRef } from './catalog.js';
import type { Clock } from './clock.js';
import { durationMs, type Duration } from './duration.js';
import type { CacheEvents } from './events.js';
import type { Explainer, Explanation } from './read/explainer.js';
import type { FlightControl } from './read/flight-control.js';
import type { Answer } from './read/flight.js';
import type { HitEvents } from './read/hit-events.js';
import type { L1Record, L1Tier } from './read/l1-tier.js';
import { singleOf, type BulkLoader, type Loader } from './load/loader-call.js';
import type { Lookup } from './read/lookup.js';
import type { ReadMode, WarmIntent } from './read/read-mode.js';
import type { SetOutcome, Writer } from './load/writer.js';

/** Options of one read or write. */
export interface ReadOptions {
  /** Fresh life of the value, should it be loaded or written. Default: the entry's. */
  readonly ttl?: Duration;
  /** Put in front of a plain key; ignored for a ref, which carries its own. */
  readonly namespace?: string;
  /** Tags of a plain key, beyond the implicit ones. */
  readonly tags?: readonly string[];
  readonly mode?: ReadMode;
}

/** Answers reads of some entries in the cache's place: see `ShadowReads`. */
export interface ReadShadow {
  covers(entry: string): boolean;
  /** @param cached reads through the cache */
  read<V>(ref: EntryRef<V>, loader: Loader<V>, cached: () => Promise<CacheResult<V>>): Promise<CacheResult<V>>;
}

/**
 * Two tiers in front of slow sources. What was read from a source before an invalidation is never served from L2 after
 * the invalidation was acknowledged, and from another process's L1 for S at most.
 *
 * A broken store is a miss and an event; a loader's error reaches its callers unchanged.
 */
export class CacheManager {
  private shadow: ReadShadow | null = null;

  constructor(
    private readonly catalog: Catalog,
    private readonly l1: L1Tier,
    private readonly lookup: Lookup,
    private readonly control: FlightControl,
    private readonly writer: Writer,
    private readonly invalidator: CacheInvalidator,
    private readonly explainer: Explainer,
    private readonly events: CacheEvents,
    private readonly hits: HitEvents,
    private readonly clock: Clock,
  ) {}

  /**
   * The cached value, or what the loader returns. One load in the fleet, whoever asks.
   * @throws what the loader throws, when no valid value can be served instead; CacheError `LOAD_TIMEOUT`, `OVERLOADED`,
   * `NOT_JSON`, `INVALID_KEY`, `INVALID_TAG`
   */
  getOrSet<V>(target: EntryRef<V> | string, loader: Loader<V>, options?: ReadOptions): Promise<V> {
    // The one hot path that allocates next to nothing: a ref, no options, an L1 record.
    if (typeof target !== 'string' && options === undefined && this.shadow === null) {
      const now = this.clock.now();
      const record = this.l1.servable(target, now);
      if (record !== undefined) {
        this.afterHit(record, target, loader, undefined, now);
        return this.l1.answerOf(record) as Promise<V>;
      }
    }
    return this.serve(target, loader, options ?? NO_OPTIONS, toValue);
  }

  /** The same, with the tier it came from and its age. */
  getOrSetResult<V>(
    target: EntryRef<V> | string,
    loader: Loader<V>,
    options: ReadOptions = NO_OPTIONS,
  ): Promise<CacheResult<V>> {
    return this.serve(target, loader, options, toResult);
  }

  private serve<V, T>(
    target: EntryRef<V> | string,
    loader: Loader<V>,
    options: ReadOptions,
    form: Form<V, T>,
  ): Promise<T> {
    try {
      const ref = this.refOf(target, options);
      if (this.shadow !== null && this.isShadowed(ref.entry.name) && isNormal(options)) {
        const cached = (): Promise<CacheResult<V>> => this.read(ref, loader, options, toResult);
        return this.shadow.read(ref, loader, cached).then((result) => form(ref, result));
      }
      return this.read(ref, loader, options, form);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  private read<V, T>(ref: EntryRef<V>, loader: Loader<V>, options: ReadOptions, form: Form<V, T>): Promise<T> {
    const startedAt = this.clock.now();
    const record = isNormal(options) ? this.l1.servable(ref, startedAt) : undefined;
    if (record !== undefined) {
      this.afterHit(record, ref, loader, options.ttl, startedAt);
      return Promise.resolve(form(ref, this.answerFrom(record, startedAt)));
    }
    return new Promise<T>((resolve, reject) => {
      const caller = new Caller(this.events, this.clock, ref, startedAt, form, resolve, reject);
      this.control.answer(ref, loader, options.mode ?? 'normal', ttlOf(options), caller);
    });
  }

  /** Whether reads of the entry are answered in the cache's place. */
  isShadowed(entry: string): boolean {
    return this.shadow?.covers(entry) === true;
  }

  /** From now on `getOrSet` and `getOrSetResult` of the entries it covers are answered by it; null: no more. */
  shadowBy(shadow: ReadShadow | null): void {
    this.shadow = shadow;
  }

  /**
   * Many keys of one entry: one round trip to the store and one bulk load for all that is missing, shared with
   * whoever asks for one of them at the same time. Results stand in the order of the targets. An entry that is shadowed
   * is read key by key.
   */
  async getOrSetMany<V>(
    targets: readonly EntryRef<V>[],
    loadMany: BulkLoader<V>,
    options: ReadOptions = {},
  ): Promise<CacheResult<V>[]> {
    if (isNormal(options) && targets.some((ref) => this.isShadowed(ref.entry.name))) {
      return Promise.all(targets.map((ref) => this.getOrSetResult(ref, singleOf(loadMany, ref), options)));
    }
    const load = loadMany as BulkLoader<unknown>;
    const startedAt = this.clock.now();
    const answers: (Answer | undefined)[] = targets.map((ref) => {
      const record = isNormal(options) ? this.l1.servable(ref, startedAt) : undefined;
      if (record === undefined) return undefined;
      this.afterHit(record, ref, singleOf(load, ref), options.ttl, startedAt);
      return this.answerFrom(record, startedAt);
    });
    const missing = targets.filter((_target, index) => answers[index] === undefined);
    const arrived = await this.readMissing(missing, load, options, startedAt);
    let next = 0;
    return targets.map((ref, index) => toResult(ref, answers[index] ?? arrived[next++]!));
  }

  private readMissing(
    refs: readonly EntryRef<unknown>[],
    load: BulkLoader<unknown>,
    options: ReadOptions,
    startedAt: number,
  ): Promise<readonly Answer[]> {
    return new Promise((resolve, reject) => {
      if (refs.length === 0) return resolve([]);
      const caller = new ManyCaller(this.events, this.clock, refs, startedAt, resolve, reject);
      this.control.answerMany(refs, load, options.mode ?? 'normal', ttlOf(options), caller);
    });
  }

  /** The cached value, if it is fresh; undefined otherwise, and for a record cached as absent. */
  async get<V>(target: EntryRef<V> | string, options: ReadOptions = {}): Promise<V | undefined> {
    const ref = this.refOf(target, options);
    const startedAt = this.clock.now();
    const record = isNormal(options) ? this.l1.servable(ref, startedAt) : undefined;
    if (record !== undefined) {
      this.events.hit(ref.entry.name, ref.key, 'L1', startedAt - record.bornAt);
      return this.l1.valueOf(record) as V;
    }
    const found = await this.control.read(ref);
    if (found === null) {
      this.events.miss(ref.entry.name, ref.key);
      return undefined;
    }
    this.events.hit(ref.entry.name, ref.key, 'L2', found.ageMs);
    this.events.answered(ref.entry.name, 'L2', this.clock.now() - startedAt, 1);
    return found.value as V;
  }

  /**
   * Writes unconditionally: for keys that have no loader. For a key with one, invalidate it and read it with mode `fresh`
   * instead: a value that was read elsewhere may be older than an invalidation.
   * @throws CacheError `NOT_JSON`; whatever the outbox throws when neither it nor the store can be written
   */
  async set<V>(target: EntryRef<V> | string, value: V, options: ReadOptions = {}): Promise<SetOutcome> {
    return this.writer.set(this.refOf(target, options), value, ttlOf(options));
  }

  /** The same as `CacheInvalidator.invalidateKey`. @returns whether something servable was there */
  async delete(target: EntryRef<unknown> | string, options: ReadOptions = {}): Promise<boolean> {
    return this.invalidator.invalidateKey(this.refOf(target, options));
  }

  /** What is left of fresh, ms; null when nothing fresh is cached. Mode `L2` asks the second tier in any case. */
  async ttl(target: EntryRef<unknown> | string, options: ReadOptions = {}): Promise<number | null> {
    const ref = this.refOf(target, options);
    const now = this.clock.now();
    const record = isNormal(options) ? this.l1.servable(ref, now) : undefined;
    if (record !== undefined) return record.freshUntil - now;
    const read = await this.lookup.read(ref);
    return read !== null && read.found.freshLeftMs > 0 ? read.found.freshLeftMs : null;
  }

  /** Whether a fresh value (or a remembered absence) is cached. */
  async has(target: EntryRef<unknown> | string, options: ReadOptions = {}): Promise<boolean> {
    return (await this.ttl(target, options)) !== null;
  }

  /**
   * Sees to it that a key is warm, for those who load ahead of its readers: it counts as no read.
   * @param intent `missing` loads what is not there; `refresh` replaces what is, and whoever reads it meanwhile does not
   * wait. Null where that is left to somebody who has just done it or is about to.
   * @throws what the loader throws, and as `getOrSet`
   */
  async warm<V>(ref: EntryRef<V>, loader: Loader<V>, intent: WarmIntent): Promise<CacheResult<V> | null> {
    const now = this.clock.now();
    if (intent === 'refresh') {
      const answer = await this.control.replace(ref, loader);
      return answer && toResult(ref, answer);
    }
    const record = this.l1.servable(ref, now);
    if (record !== undefined) return toResult(ref, this.answerFrom(record, now));
    return new Promise((resolve, reject) => {
      this.control.answer(ref, loader, 'normal', undefined, {
        answered: (answer) => resolve(toResult(ref, answer)),
        failed: reject,
      });
    });
  }

  /** Where a key is, how old, under which tags and versions, who loads it, and what invalidated it last as far as this process knows. */
  async explain(key: string, namespace?: string): Promise<Explanation> {
    return this.explainer.explain(this.catalog.refOf(key, namespace));
  }

  private refOf<V>(target: EntryRef<V> | string, options: ReadOptions): EntryRef<V> {
    if (typeof target !== 'string') return target;
    return this.catalog.refOf(target, options.namespace, options.tags) as EntryRef<V>;
  }

  private answerFrom(record: L1Record, now: number): Answer {
    return {
      value: this.l1.valueOf(record),
      tier: 'L1',
      ageMs: now - record.bornAt,
      freshForMs: record.freshUntil - now,
    };
  }

  private afterHit(
    record: L1Record,
    ref: EntryRef<unknown>,
    loader: Loader<unknown>,
    ttl: Duration | undefined,
    now: number,
  ): void {
    this.hits.tell(record, now);
    if (now < record.refreshAt) return;
    record.refreshAt = Math.floor(now + this.control.refreshPauseMs(record.freshUntil - record.bornAt));
    this.control.refresh(ref, loader, ttl === undefined ? undefined : durationMs(ttl));
  }
}

const NO_OPTIONS: ReadOptions = {};

function isNormal(options: ReadOptions): boolean {
  return options.mode === undefined || options.mode === 'normal';
}

function ttlOf(options: ReadOptions): number | undefined {
  return options.ttl === undefined ? undefined : durationMs(options.ttl);
}
