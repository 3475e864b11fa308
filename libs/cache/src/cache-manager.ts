import type { CacheInvalidator } from './cache-invalidator.js';
import type { Catalog, EntryRef } from './catalog.js';
import type { Clock } from './clock.js';
import { durationMs, type Duration } from './duration.js';
import type { CacheEvents, Tier } from './events.js';
import type { Explainer, Explanation } from './explainer.js';
import type { FlightControl } from './flight-control.js';
import type { Answer } from './flight.js';
import type { HitEvents } from './hit-events.js';
import type { L1Record, L1Tier } from './l1-tier.js';
import { firstOf, type BulkLoader, type Loader } from './loader-call.js';
import type { Lookup } from './lookup.js';
import type { ReadMode, WarmIntent } from './read-mode.js';
import type { SetOutcome, Writer } from './writer.js';

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

/** A value and where it came from. Values are deep-frozen: copy before changing. */
export interface CacheResult<V> {
  readonly value: V;
  readonly tier: Tier;
  readonly ageMs: number;
  readonly freshForMs: number;
  readonly key: string;
}

/** A cached value, and a name for the fill that brought it: two fills have two names. */
export interface PeekedValue<V> {
  readonly value: V | undefined;
  readonly ageMs: number;
  readonly fill: string;
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
    // The one hot path that allocates nothing: a ref, no options, an L1 record.
    if (typeof target !== 'string' && options === undefined && this.shadow === null) {
      const now = this.clock.now();
      const record = this.l1.servable(target, now);
      if (record !== undefined) {
        this.afterHit(record, target, loader, undefined, now);
        return this.l1.answerOf(record) as Promise<V>;
      }
    }
    return this.resultOf(target, loader, options ?? NO_OPTIONS).then(valueOf);
  }

  /** The same, with the tier it came from and its age. */
  getOrSetResult<V>(
    target: EntryRef<V> | string,
    loader: Loader<V>,
    options: ReadOptions = NO_OPTIONS,
  ): Promise<CacheResult<V>> {
    return this.resultOf(target, loader, options);
  }

  private resultOf<V>(target: EntryRef<V> | string, loader: Loader<V>, options: ReadOptions): Promise<CacheResult<V>> {
    try {
      const ref = this.refOf(target, options);
      if (this.shadow !== null && this.isShadowed(ref.entry.name) && isNormal(options)) {
        return this.shadow.read(ref, loader, () => this.read(ref, loader, options));
      }
      return this.read(ref, loader, options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  private read<V>(ref: EntryRef<V>, loader: Loader<V>, options: ReadOptions): Promise<CacheResult<V>> {
    const startedAt = this.clock.now();
    const record = isNormal(options) ? this.l1.servable(ref, startedAt) : undefined;
    if (record !== undefined) {
      this.afterHit(record, ref, loader, options.ttl, startedAt);
      return Promise.resolve(toResult(ref, this.answerFrom(record, startedAt)));
    }
    const flown = this.control.answer(ref, loader, options.mode ?? 'normal', ttlOf(options));
    return this.told(ref, flown, startedAt);
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
   * whoever asks for one of them at the same time. Results stand in the order of the targets.
   */
  async getOrSetMany<V>(
    targets: readonly EntryRef<V>[],
    loadMany: BulkLoader<V>,
    options: ReadOptions = {},
  ): Promise<CacheResult<V>[]> {
    const load = loadMany as BulkLoader<unknown>;
    const startedAt = this.clock.now();
    const answers: (Answer | undefined)[] = targets.map((ref) => {
      const record = isNormal(options) ? this.l1.servable(ref, startedAt) : undefined;
      if (record === undefined) return undefined;
      this.afterHit(record, ref, (context) => firstOf(load, ref, context), options.ttl, startedAt);
      return this.answerFrom(record, startedAt);
    });
    const missing = targets.filter((_target, index) => answers[index] === undefined);
    const flown = this.control.answerMany(missing, load, options.mode ?? 'normal', ttlOf(options));
    const told = flown.map((answer, index) => this.told(missing[index]!, answer, startedAt));
    const arrived = (await Promise.all(told)).values();
    return targets.map((ref, index) => {
      const known = answers[index];
      return known === undefined ? arrived.next().value! : toResult(ref, known);
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
   * What a read would be served without loading, for those who check on the cache: it counts as no read. From L2, or
   * where that has nothing to say from L1; null when nothing fresh is cached.
   */
  async peek<V>(ref: EntryRef<V>): Promise<PeekedValue<V> | null> {
    const read = await this.lookup.read(ref);
    if (read !== null && read.found.freshLeftMs > 0) {
      const { value, ageMs, fillMark } = read.found;
      return { value: value as V, ageMs, fill: `L2:${fillMark}` };
    }
    const now = this.clock.now();
    const record = this.l1.servable(ref, now);
    if (record === undefined) return null;
    return { value: this.l1.valueOf(record) as V, ageMs: now - record.bornAt, fill: `L1:${record.bornAt}` };
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
    return toResult(ref, await this.control.answer(ref, loader, 'normal', undefined));
  }

  /** Where a key is, how old, under which tags and versions, who loads it, and what invalidated it last as far as this process knows. */
  async explain(key: string, namespace?: string): Promise<Explanation> {
    return this.explainer.explain(this.catalog.refOf(key, namespace));
  }

  /** Tells the events of one caller's answer: one hit or one miss, whoever else shares it. */
  private told<V>(ref: EntryRef<V>, flown: Promise<Answer>, startedAt: number): Promise<CacheResult<V>> {
    return flown.then(
      (answer) => {
        const { entry, key } = ref;
        if (answer.tier === 'MISS') this.events.miss(entry.name, key);
        else this.events.hit(entry.name, key, answer.tier, answer.ageMs);
        this.events.answered(entry.name, answer.tier, this.clock.now() - startedAt, 1);
        return toResult(ref, answer);
      },
      (error: unknown) => {
        this.events.miss(ref.entry.name, ref.key);
        throw error;
      },
    );
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

function valueOf<V>(result: CacheResult<V>): V {
  return result.value;
}

function isNormal(options: ReadOptions): boolean {
  return options.mode === undefined || options.mode === 'normal';
}

function ttlOf(options: ReadOptions): number | undefined {
  return options.ttl === undefined ? undefined : durationMs(options.ttl);
}

function toResult<V>(ref: EntryRef<V>, answer: Answer): CacheResult<V> {
  return {
    value: answer.value as V,
    tier: answer.tier,
    ageMs: answer.ageMs,
    freshForMs: answer.freshForMs,
    key: ref.key,
  };
}
