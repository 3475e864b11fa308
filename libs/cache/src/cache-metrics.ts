import type { Catalog } from './catalog.js';
import { systemClock, type CancelTimer, type Clock } from './clock.js';
import type {
  CacheListener,
  Comparison,
  DecodeFault,
  FillRefusal,
  InvalidationKind,
  InvalidationStatus,
  L1HitCount,
  StaleReason,
  Tier,
  WarmOutcome,
} from './events.js';
import type { Cache } from './create-cache.js';
import type { CacheStats } from './metrics/cache.stats.js';
import { ConcernedEntries } from './metrics/concerned.entries.js';
import { FIELD, PROCESS_FIELD, PROCESS_FIELDS } from './metrics/counter.fields.js';
import { EntryCounters } from './metrics/entry.counters.js';
import { EntrySlots } from './metrics/entry.slots.js';
import { L1HitReader } from './metrics/l1-hit.reader.js';
import { type EntrySlice, sliceBetween, type MetricsSlice } from './metrics/metrics.slice.js';
import type { L1Usage, MetricsSnapshot } from './metrics/metrics.snapshot.js';
import { SHORT_STEP_MS, SliceRing, WINDOWS, type MetricsWindow } from './metrics/slice.ring.js';
import { statsOf } from './metrics/stats.summary.js';
import { TopKeys, type TopKey } from './metrics/top-keys.sketch.js';
import { UseSampling } from './read/use.sampling.js';

export interface CacheMetricsOptions {
  readonly clock?: Clock;
  /** L1's present size; what `Cache.l1Usage` gives. Default: nothing. */
  readonly l1Usage?: () => L1Usage;
  /** How many top keys `getStats` names. Default 20, at most 512. */
  readonly topKeys?: number;
  /** Tells which entries an invalidation concerned. Default: nobody does, and they are counted by kind only. */
  readonly catalog?: Pick<Catalog, 'entries'>;
}

const NO_USAGE: L1Usage = { bytes: 0, entries: 0, maxBytes: 0 };
/** Entries beyond these, from a program that makes them up as it goes, share one name. */
const MAX_ENTRIES = 64;
const OTHER_ENTRIES = '(other)';
/** Older uses of a key weigh half with each of these. */
const HALVE_EVERY_MS = 3_600_000;
/** Up to so many hits in 5 s (10 000 a second) each one's key is counted; beyond, some are, at random, for all of them. */
const KEYS_COUNTED = 50_000;

/**
 * Counts what the cache tells of itself. Numbers of hits, misses and everything else are exact; times of L1 hits are
 * those of every 64th of an entry; the top keys are found by a sketch, never by a map of all keys, and their numbers are
 * exact up to 10 000 hits a second of an entry. Recording an L1 hit allocates nothing, asks no clock and costs below a
 * tenth of it (npm run check:metrics-cost): the first tier counts it, and that count is read when somebody asks. Where hits
 * are so few that each is told, it is a quarter of one. Memory is bounded (npm run check:distinct-keys): 0.7 MiB for both
 * sketches, and for the last hour some 40 KiB an entry and up to 0.5 MiB for each of its tiers that is in use.
 */
export class CacheMetrics implements CacheListener {
  private readonly byEntry = new Map<string, EntryCounters>();
  private readonly process = new Float64Array(PROCESS_FIELDS);
  private readonly hitKeys = new TopKeys();
  private readonly missKeys = new TopKeys();
  private readonly clock: Clock;
  private readonly startedAt: number;
  private readonly ring: SliceRing;
  private readonly l1Usage: () => L1Usage;
  private readonly topKeys: number;
  private readonly concerned: ConcernedEntries;
  private readonly slots = new EntrySlots((entry) => this.byEntry.get(entry) ?? this.newCounters(entry));
  private readonly sampling = new UseSampling(KEYS_COUNTED);
  private readonly l1Counts = new L1HitReader((entry, hits) => this.slots.of(entry).add(FIELD.answers.L1, hits));
  private newest: MetricsSlice | undefined;
  private halvedAt: number;
  private cancel: CancelTimer | undefined;

  constructor(options: CacheMetricsOptions = {}) {
    this.clock = options.clock ?? systemClock;
    this.l1Usage = options.l1Usage ?? (() => NO_USAGE);
    this.topKeys = options.topKeys ?? 20;
    this.concerned = new ConcernedEntries(options.catalog?.entries ?? []);
    this.startedAt = this.clock.now();
    this.halvedAt = this.startedAt;
    this.ring = new SliceRing({ atMs: this.startedAt, slice: this.total() });
  }

  /** Counts what a cache does from now on. `stop` ends it. */
  static of(cache: Cache, options: CacheMetricsOptions = {}): CacheMetrics {
    const metrics = new CacheMetrics({ l1Usage: () => cache.l1Usage(), catalog: cache.catalog, ...options });
    const remove = cache.events.add(metrics);
    metrics.start();
    const stop = metrics.stop.bind(metrics);
    metrics.stop = () => {
      remove();
      stop();
    };
    return metrics;
  }

  /** Begins to remember, every 5 s, what had been counted: without it every window reaches back to the beginning. */
  start(): void {
    this.cancel ??= this.clock.setTimer(() => {
      this.cancel = undefined;
      this.remember();
      this.start();
    }, SHORT_STEP_MS);
  }

  stop(): void {
    this.cancel?.();
    this.cancel = undefined;
  }

  /** The figures of this instance. */
  getStats(): CacheStats {
    return statsOf(this.snapshot());
  }

  /** What the figures are made of, to be merged with that of other instances. */
  snapshot(): MetricsSnapshot {
    const now = this.clock.now();
    const total = this.total();
    const windows = {} as Record<MetricsWindow['name'], MetricsSlice>;
    for (const { name, lengthMs } of WINDOWS) windows[name] = sliceBetween(this.ring.before(now, lengthMs), total);
    return {
      total,
      windows,
      topHitKeys: this.hitKeys.top(this.topKeys),
      topMissKeys: this.missKeys.top(this.topKeys),
      l1: this.l1Usage(),
    };
  }

  /** The keys hit most, of one entry or of all. At most 512 are known. */
  topHitKeys(limit: number, entry?: string): TopKey[] {
    if (entry === undefined) return this.hitKeys.top(limit);
    return this.hitKeys
      .top(Infinity)
      .filter((top) => top.entry === entry)
      .slice(0, limit);
  }

  /** The counters of each entry since the start, for exporters. */
  counters(): ReadonlyMap<string, EntryCounters> {
    this.l1Counts.read();
    return this.byEntry;
  }

  /** The counters of the process since the start, in the order of PROCESS_FIELD. */
  processCounters(): Float64Array {
    return this.process;
  }

  hit(entry: string, key: string, tier: 'L1' | 'L2' | 'STALE'): void {
    this.slots.of(entry).add(FIELD.answers[tier]);
    const uses = this.sampling.weigh();
    if (uses > 0) this.hitKeys.add(entry, key, uses);
  }

  counting(counts: readonly L1HitCount[], until: 'added' | 'removed'): void {
    if (until === 'added') this.l1Counts.follow(counts);
    else this.l1Counts.leave(counts);
  }

  l1Hits(entry: string, key: string, weight: number): void {
    this.hitKeys.add(entry, key, weight);
  }

  miss(entry: string, key: string): void {
    this.slots.of(entry).add(FIELD.answers.MISS);
    this.missKeys.add(entry, key);
  }

  coalesced(entry: string): void {
    this.slots.of(entry).add(FIELD.single.coalesced);
  }

  answered(entry: string, tier: Tier, durationMs: number, weight: number): void {
    this.slots.of(entry).answered(tier, durationMs, weight);
  }

  loaded(entry: string, _key: string, durationMs: number): void {
    this.slots.of(entry).loaded(durationMs);
  }

  loadFailed(entry: string): void {
    this.slots.of(entry).add(FIELD.single.loadFailures);
  }

  filled(entry: string, _key: string, bodyBytes: number, storedBytes: number): void {
    const counters = this.slots.of(entry);
    counters.add(FIELD.single.fills);
    counters.add(FIELD.single.fillBodyBytes, bodyBytes);
    counters.add(FIELD.single.fillStoredBytes, storedBytes);
  }

  fillRefused(entry: string, _key: string, reason: FillRefusal): void {
    this.slots.of(entry).add(FIELD.refused[reason]);
  }

  staleServed(entry: string, _key: string, reason: StaleReason): void {
    this.slots.of(entry).add(FIELD.stale[reason]);
  }

  decodeFailed(entry: string, _key: string, fault: DecodeFault): void {
    this.slots.of(entry).add(FIELD.decode[fault]);
  }

  compared(entry: string, _key: string, result: Comparison, ageMs: number): void {
    const counters = this.slots.of(entry);
    counters.add(FIELD.compared[result]);
    if (result === 'mismatch') counters.add(FIELD.single.mismatchAgeMs, ageMs);
  }

  invalidated(kind: InvalidationKind, names: readonly string[], status: InvalidationStatus, durationMs: number): void {
    this.process[PROCESS_FIELD[status][kind]]! += 1;
    this.process[PROCESS_FIELD.single.invalidationMs]! += durationMs;
    for (const entry of this.concerned.of(kind, names)) this.slots.of(entry).add(FIELD.invalidated[status]);
  }

  warmed(entry: string, outcome: WarmOutcome): void {
    this.slots.of(entry).add(FIELD.warmed[outcome]);
  }

  invalidationReceived(): void {
    this.process[PROCESS_FIELD.single.received]! += 1;
  }

  flushed(reason: keyof typeof PROCESS_FIELD.flushes): void {
    this.process[PROCESS_FIELD.flushes[reason]]! += 1;
  }

  storeState(state: 'up' | 'down' | 'breaker-open' | 'breaker-closed'): void {
    if (state === 'down') this.process[PROCESS_FIELD.single.storeLost]! += 1;
    if (state === 'breaker-open') this.process[PROCESS_FIELD.single.breakerOpened]! += 1;
  }

  storeFault(operation: string): void {
    const { faults } = PROCESS_FIELD;
    this.process[operation in faults ? faults[operation as keyof typeof faults] : faults.other]! += 1;
  }

  private newCounters(entry: string): EntryCounters {
    const name = this.byEntry.size < MAX_ENTRIES ? entry : OTHER_ENTRIES;
    const counters = this.byEntry.get(name) ?? new EntryCounters();
    this.byEntry.set(name, counters);
    return counters;
  }

  private remember(): void {
    const now = this.clock.now();
    this.sampling.nextPeriod();
    this.ring.add(now, this.total());
    if (now - this.halvedAt < HALVE_EVERY_MS) return;
    this.halvedAt = now;
    this.hitKeys.halve();
    this.missKeys.halve();
  }

  /** Everything since the start. A histogram that did not change is shared with the slice before. */
  private total(): MetricsSlice {
    this.l1Counts.read();
    const entries: Record<string, EntrySlice> = {};
    for (const [name, counters] of this.byEntry) entries[name] = counters.slice(this.newest?.entries[name]);
    const seconds = (this.clock.now() - this.startedAt) / 1_000;
    this.newest = { seconds, entries, process: this.process.slice() };
    return this.newest;
  }
}
