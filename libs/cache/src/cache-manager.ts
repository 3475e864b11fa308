import type { BodyCodec, EncodedValue } from './body.codec.js';
import type { CacheInvalidator } from './cache-invalidator.js';
import type { Catalog, CatalogEntry, EntryPolicy, EntryRef } from './catalog.js';
import type { Clock } from './clock.js';
import { durationMs, type Duration } from './duration.js';
import { envelopeParts } from './envelope.js';
import type { CacheEvents, Tier } from './events.js';
import type { Explainer, Explanation } from './explainer.js';
import { Flight, type Answer } from './flight.js';
import type { Keeper } from './keeper.js';
import { keyMark, type L1Record, type L1Tier } from './l1-tier.js';
import type { L2Tier } from './l2-tier.js';
import type { BulkLoader, Loader } from './loader-call.js';
import type { Loading } from './loading.js';
import type { Found, Lookup } from './lookup.js';
import type { Outbox } from './outbox/outbox.port.js';
import type { StaleServing } from './stale-serving.js';

/**
 * - `normal`: L1, then L2, then the loader;
 * - `L2`: L1 is skipped, so the answer is at least as new as the newest acknowledged invalidation;
 * - `fresh`: the loader runs in any case and its value replaces what was cached.
 */
export type ReadMode = 'normal' | 'L2' | 'fresh';

/** Options of one read. */
export interface ReadOptions {
  /** Fresh life of the value, should it be loaded. Default: the entry's. */
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

/** What became of a `set`: `queued` when the store could not be reached, then only this process has the value, for S. */
export type SetOutcome = 'stored' | 'refused' | 'queued';

/** After a background refresh was tried, a hit does not try again before this share of the fresh life has passed. */
const REFRESH_PAUSE_SHARE = 0.05;
const MIN_REFRESH_PAUSE_MS = 250;
/** One L1 hit in this many is timed: a clock read costs a fifth of the hit. */
const TIMED_SHARE = 64;

/**
 * Two tiers in front of slow sources. What was read from a source before an invalidation is never served from L2 after
 * the invalidation was acknowledged, and from another process's L1 for S at most.
 *
 * A broken store is a miss and an event; a loader's error reaches its callers unchanged.
 */
export class CacheManager {
  /** Flights that callers may join, by full key. */
  private readonly flights = new Map<string, Flight>();
  private readonly refreshing = new Set<string>();
  private hitCount = 0;

  constructor(
    private readonly catalog: Catalog,
    private readonly l1: L1Tier,
    private readonly l2: L2Tier,
    private readonly lookup: Lookup,
    private readonly loading: Loading,
    private readonly keeper: Keeper,
    private readonly stale: StaleServing,
    private readonly codec: BodyCodec,
    private readonly invalidator: CacheInvalidator,
    private readonly outbox: Outbox,
    private readonly explainer: Explainer,
    private readonly policyOf: (entry: CatalogEntry<unknown>) => EntryPolicy,
    private readonly events: CacheEvents,
    private readonly clock: Clock,
  ) {}

  /**
   * The cached value, or what the loader returns. One load in the fleet, whoever asks.
   * @throws what the loader throws, when no valid value can be served instead; CacheError `LOAD_TIMEOUT`, `OVERLOADED`, `NOT_JSON`
   */
  getOrSet<V>(target: EntryRef<V> | string, loader: Loader<V>, options?: ReadOptions): Promise<V> {
    const ref = this.refOf(target, options);
    if (options?.mode === undefined || options.mode === 'normal') {
      const now = this.clock.now();
      const record = this.servable(ref, now);
      if (record !== undefined) {
        this.afterHit(record, ref, loader, options, now);
        return this.l1.answerOf(record) as Promise<V>;
      }
    }
    return this.answer(ref, loader, options).then((answer) => answer.value as V);
  }

  /** The same, with the tier it came from and its age. */
  async getOrSetResult<V>(
    target: EntryRef<V> | string,
    loader: Loader<V>,
    options?: ReadOptions,
  ): Promise<CacheResult<V>> {
    const ref = this.refOf(target, options);
    if (options?.mode === undefined || options.mode === 'normal') {
      const now = this.clock.now();
      const record = this.servable(ref, now);
      if (record !== undefined) {
        this.afterHit(record, ref, loader, options, now);
        return toResult(ref, this.answerFrom(record, now));
      }
    }
    return toResult(ref, await this.answer(ref, loader, options));
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
    const mode = options.mode ?? 'normal';
    const now = this.clock.now();
    const begun: Flight[] = [];
    const answers = targets.map((ref) => {
      const record = mode === 'normal' ? this.servable(ref, now) : undefined;
      if (record !== undefined) {
        this.afterHit(record, ref, singleOf(loadMany, ref), options, now);
        return this.answerFrom(record, now);
      }
      const joined = mode === 'normal' ? this.join(ref) : null;
      if (joined !== null) return joined;
      const flight = this.begin(ref, options);
      begun.push(flight);
      return flight.promise;
    });
    if (begun.length > 0) void this.fly(begun, loadMany as BulkLoader<unknown>, mode);
    const results = (await Promise.all(answers)).map((answer, index) => toResult(targets[index]!, answer));
    if (begun.length > 0) {
      const durationMs = this.clock.now() - now;
      for (const flight of begun) this.events.answered(flight.ref.entry.name, (await flight.promise).tier, durationMs);
    }
    return results;
  }

  /** The cached value, if it is fresh; undefined otherwise, and for a record cached as absent. */
  async get<V>(target: EntryRef<V> | string, options?: ReadOptions): Promise<V | undefined> {
    const ref = this.refOf(target, options);
    const startedAt = this.clock.now();
    const record = options?.mode === 'L2' ? undefined : this.servable(ref, startedAt);
    if (record !== undefined) {
      this.events.hit(ref.entry.name, ref.key, 'L1', startedAt - record.bornAt);
      return this.l1.valueOf(record) as V;
    }
    const found = await this.readAndKeep(ref);
    if (found === null) {
      this.events.miss(ref.entry.name, ref.key);
      return undefined;
    }
    this.events.hit(ref.entry.name, ref.key, 'L2', found.ageMs);
    this.events.answered(ref.entry.name, 'L2', this.clock.now() - startedAt);
    return found.value as V;
  }

  /**
   * Writes unconditionally: for keys that have no loader. For a key with one, invalidate it and read it with mode `fresh`
   * instead: a value that was read elsewhere may be older than an invalidation.
   * @throws CacheError `NOT_JSON`; `STORE_UNAVAILABLE` when neither the store nor the outbox can be written
   */
  async set<V>(target: EntryRef<V> | string, value: V, options: ReadOptions = {}): Promise<SetOutcome> {
    const ref = this.refOf(target, options);
    const policy = this.policyOf(ref.entry);
    const encoded = this.codec.encode(value);
    this.l1.invalidate([], [ref.key]);
    if (encoded.bodyBytes > policy.maxBytes) {
      this.events.fillRefused(ref.entry.name, ref.key, 'too-large');
      await this.invalidator.invalidateKeys([ref]);
      return 'refused';
    }
    const freshMs = options.ttl === undefined ? policy.freshMs : durationMs(options.ttl);
    const flight = this.newFlight(ref, policy, freshMs);
    try {
      const outcome = this.l2.attached ? await this.write(flight, encoded, freshMs) : 'stored';
      this.keeper.keepLoaded(flight, encoded, freshMs, 0);
      return outcome;
    } finally {
      this.l1.tombstones.release(flight.held);
    }
  }

  /** The same as `CacheInvalidator.invalidateKey`. @returns whether something servable was there */
  delete(target: EntryRef<unknown> | string, options?: ReadOptions): Promise<boolean> {
    return this.invalidator.invalidateKey(this.refOf(target, options));
  }

  /** What is left of fresh, ms; null when nothing fresh is cached. */
  async ttl(target: EntryRef<unknown> | string, options?: ReadOptions): Promise<number | null> {
    const ref = this.refOf(target, options);
    const now = this.clock.now();
    const record = this.servable(ref, now);
    if (record !== undefined) return record.freshUntil - now;
    const read = await this.lookup.read(ref);
    return read !== null && read.found.freshLeftMs > 0 ? read.found.freshLeftMs : null;
  }

  /** Whether a fresh value (or a remembered absence) is cached. */
  async has(target: EntryRef<unknown> | string, options?: ReadOptions): Promise<boolean> {
    return (await this.ttl(target, options)) !== null;
  }

  /** Where a key is, how old, under which tags and versions, who loads it, and what invalidated it last as far as this process knows. */
  explain(key: string, namespace?: string): Promise<Explanation> {
    return this.explainer.explain(this.catalog.refOf(key, namespace));
  }

  /** The row of the catalog and the full key that a target stands for. */
  refOf<V>(target: EntryRef<V> | string, options?: ReadOptions): EntryRef<V> {
    if (typeof target !== 'string') return target;
    return this.catalog.refOf(target, options?.namespace, options?.tags) as EntryRef<V>;
  }

  private servable(ref: EntryRef<unknown>, now: number): L1Record | undefined {
    const record = this.l1.find(ref);
    if (record === undefined || now >= record.usableUntil || !this.l1.isValid(record)) return undefined;
    return record;
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
    options: ReadOptions | undefined,
    now: number,
  ): void {
    const { name } = record.entry;
    this.events.hit(name, record.key, 'L1', now - record.bornAt);
    this.hitCount += 1;
    if (this.hitCount % TIMED_SHARE === 0) this.events.answered(name, 'L1', this.clock.now() - now);
    if (now >= record.refreshAt) {
      record.refreshAt = now + this.refreshPauseMs(record.freshUntil - record.bornAt);
      this.refresh(ref, loader, options);
    }
  }

  /** Joins a flight or begins one. */
  private async answer(ref: EntryRef<unknown>, loader: Loader<unknown>, options: ReadOptions = {}): Promise<Answer> {
    const startedAt = this.clock.now();
    const mode = options.mode ?? 'normal';
    let answered = mode === 'normal' ? this.join(ref) : null;
    if (answered === null) {
      const flight = this.begin(ref, options);
      answered = flight.promise;
      void this.fly([flight], bulkOf(loader), mode);
    }
    const answer = await answered;
    this.events.answered(ref.entry.name, answer.tier, this.clock.now() - startedAt);
    return answer;
  }

  /**
   * Shares a flight under way, if an L1 hit as old as its read would be allowed: a caller that arrives after an
   * invalidation never joins a load that began before it.
   */
  private join(ref: EntryRef<unknown>): Promise<Answer> | null {
    const flight = this.flights.get(ref.key);
    if (flight === undefined || flight.settled || !sameAddress(flight.ref, ref)) return null;
    if (this.clock.now() - flight.asked.q >= this.stalenessMs(flight.policy)) return null;
    if (!this.l1.tombstones.spares(flight.asked.since, flight.held)) return null;
    this.events.coalesced(ref.entry.name, ref.key);
    return flight.promise.then((answer) => {
      if (answer.tier === 'STALE') return answer;
      this.events.hit(ref.entry.name, ref.key, 'L1', answer.ageMs);
      return { ...answer, tier: 'L1' };
    });
  }

  private begin(ref: EntryRef<unknown>, options: ReadOptions): Flight {
    const ttlMs = options.ttl === undefined ? undefined : durationMs(options.ttl);
    const flight = this.newFlight(ref, this.policyOf(ref.entry), ttlMs);
    this.flights.set(ref.key, flight);
    return flight;
  }

  private newFlight(ref: EntryRef<unknown>, policy: EntryPolicy, ttlMs: number | undefined): Flight {
    const address = this.lookup.addressOf(ref);
    // Held from before the first request is sent: what is invalidated from here on concerns this flight.
    const held = this.l1.tombstones.hold([...address.tags, keyMark(ref.key)]);
    return new Flight(ref, address, policy, held, this.l1.moment(), ttlMs);
  }

  /** Takes flights to their end: L2, then the loader. Never rejects. */
  private async fly(flights: readonly Flight[], load: BulkLoader<unknown>, mode: ReadMode): Promise<void> {
    try {
      const read = mode === 'fresh' ? { missing: flights, answered: true } : await this.readL2(flights, load);
      const missing = read.missing.filter((flight) => {
        this.considerStaleRecord(flight);
        return !this.stale.settleWhileBusy(flight);
      });
      if (missing.length === 0) return;
      for (const flight of missing) this.events.miss(flight.ref.entry.name, flight.ref.key);
      const loadEnded = missing.map((flight) => this.stale.loadBegins(flight));
      await this.loading.run(missing, load, mode === 'fresh' ? 'always' : 'missing', read.answered);
      for (const ended of loadEnded) ended();
    } catch (error) {
      for (const flight of flights) if (!flight.settled) flight.fail(error);
    } finally {
      for (const flight of flights) this.end(flight);
    }
  }

  private end(flight: Flight): void {
    if (this.flights.get(flight.ref.key) === flight) this.flights.delete(flight.ref.key);
    this.l1.tombstones.release(flight.held);
  }

  /** @returns the flights that L2 had nothing fresh for, and whether it answered at all: if not, it must not be filled. */
  private async readL2(
    flights: readonly Flight[],
    load: BulkLoader<unknown>,
  ): Promise<{ missing: readonly Flight[]; answered: boolean }> {
    if (!this.l2.usable) return { missing: flights, answered: false };
    const asked = this.l1.moment();
    for (const flight of flights) flight.asked = asked;
    const snapshots = await this.l2.readMany(flights.map((flight) => flight.address));
    if (snapshots === null) return { missing: flights, answered: false };
    const missing: Flight[] = [];
    for (const [index, flight] of flights.entries()) {
      const known = this.l1.store.peek(flight.ref.key);
      const judged = this.lookup.judge(flight.ref, flight.address, snapshots[index]!, known && this.knownFill(known));
      const found = judged instanceof Promise ? await judged : judged;
      if (found === null) missing.push(flight);
      else if (found.freshLeftMs > 0) this.settleFound(flight, found, known, load);
      else {
        flight.stale = { value: found.value, bornAt: asked.q - found.ageMs, asked };
        missing.push(flight);
      }
    }
    return { missing, answered: true };
  }

  private knownFill(record: L1Record): Parameters<Lookup['judge']>[3] {
    if (record.text !== null || record.fillMark === 0) return undefined;
    return { fillMark: record.fillMark, encoded: () => ({ text: '', bodyBytes: 0, value: record.value }) };
  }

  private settleFound(flight: Flight, found: Found, known: L1Record | undefined, load: BulkLoader<unknown>): void {
    const { ref } = flight;
    this.events.hit(ref.entry.name, ref.key, 'L2', found.ageMs);
    if (known !== undefined && known.fillMark === found.fillMark && known.text === null)
      this.l1.renew(known, flight.asked);
    else this.keeper.keepFound(flight, found);
    flight.settle({ value: found.value, tier: 'L2', ageMs: found.ageMs, freshForMs: found.freshLeftMs });
    if (found.freshLeftMs < this.keeper.headStartMs(flight, found.freshMs, found.loadMs)) {
      this.refresh(ref, (context) => firstOf(load, ref, context));
    }
  }

  /** Where L2 has nothing to say, an expired L1 record within S (or without a second tier: within grace) may cover a failing source. */
  private considerStaleRecord(flight: Flight): void {
    if (flight.stale !== null || this.l2.usable) return;
    const record = this.l1.find(flight.ref);
    const now = this.clock.now();
    if (record === undefined || record.absent || now >= record.servableUntil || !this.l1.isValid(record)) return;
    if (now - record.asked.q >= this.stalenessMs(flight.policy)) return;
    flight.stale = { value: this.l1.valueOf(record), bornAt: record.bornAt, asked: record.asked };
  }

  /** Replaces a value ahead of its expiry; nobody waits for it, and one process does it for all. */
  private refresh(ref: EntryRef<unknown>, loader: Loader<unknown>, options: ReadOptions = {}): void {
    if (this.refreshing.has(ref.key)) return;
    this.refreshing.add(ref.key);
    const ttlMs = options.ttl === undefined ? undefined : durationMs(options.ttl);
    const flight = this.newFlight(ref, this.policyOf(ref.entry), ttlMs);
    const pause = (): void =>
      void this.clock.setTimer(() => this.refreshing.delete(ref.key), this.refreshPauseMs(flight.policy.freshMs));
    void this.loading.run([flight], bulkOf(loader), 'refresh', true).finally(() => {
      this.l1.tombstones.release(flight.held);
      pause();
    });
  }

  private refreshPauseMs(freshMs: number): number {
    return Math.max(MIN_REFRESH_PAUSE_MS, freshMs * REFRESH_PAUSE_SHARE);
  }

  private async readAndKeep(ref: EntryRef<unknown>): Promise<Found | null> {
    const flight = this.newFlight(ref, this.policyOf(ref.entry), undefined);
    try {
      const read = await this.lookup.read(ref);
      if (read === null || read.found.freshLeftMs <= 0) return null;
      // Tags that only the envelope named were not held while it was read: then L1 could miss their invalidation.
      if (read.ref === ref) this.keeper.keepFound(flight, read.found);
      return read.found;
    } finally {
      this.l1.tombstones.release(flight.held);
    }
  }

  private async write(flight: Flight, encoded: EncodedValue, freshMs: number): Promise<SetOutcome> {
    const { ref, address, policy } = flight;
    const packed = await this.codec.pack(ref.key, policy, encoded);
    const { head, tail } = envelopeParts(
      {
        absent: false,
        compressed: packed.compressed,
        encrypted: packed.encrypted,
        schema: policy.schema,
        freshMs,
        loadMs: 0,
        height: null,
        extraTags: ref.extraTags.length > 0 ? ref.extraTags : null,
        body: packed.bytes,
      },
      address.tags.length,
    );
    const message = { tags: [], keys: [ref.key] };
    const outcome = await this.l2.set({
      ...address,
      head,
      tail,
      lifeMs: Math.max(1, freshMs + policy.graceMs),
      message,
    });
    if (outcome === 'filled') {
      this.events.filled(ref.entry.name, ref.key, encoded.bodyBytes, head.length + tail.length);
      return 'stored';
    }
    // What the store still holds under this key is older than what the caller has just written.
    this.events.fillRefused(ref.entry.name, ref.key, outcome === null ? 'store-down' : 'full');
    this.l2.doubt();
    await this.outbox.add(message);
    return 'queued';
  }

  private stalenessMs(policy: EntryPolicy): number {
    return this.l2.attached ? policy.stalenessMs : Infinity;
  }
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

function bulkOf(loader: Loader<unknown>): BulkLoader<unknown> {
  return async (_missing, context) => [await loader(context)];
}

function singleOf<V>(loadMany: BulkLoader<V>, ref: EntryRef<V>): Loader<unknown> {
  return (context) => firstOf(loadMany as BulkLoader<unknown>, ref, context);
}

async function firstOf(
  loadMany: BulkLoader<unknown>,
  ref: EntryRef<unknown>,
  context: Parameters<Loader<unknown>>[0],
): Promise<unknown> {
  return (await loadMany([ref], context))[0];
}

function sameAddress(one: EntryRef<unknown>, other: EntryRef<unknown>): boolean {
  if (one.namespace !== other.namespace) return false;
  return one.extraTags === other.extraTags || one.extraTags.join('\0') === other.extraTags.join('\0');
}
