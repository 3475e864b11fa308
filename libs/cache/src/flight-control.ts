import { bulkOf, firstOf, type BulkLoader, type Loader } from './loader-call.js';
import type { CatalogEntry, EntryPolicy, EntryRef } from './catalog.js';
import type { Clock } from './clock.js';
import type { CacheEvents } from './events.js';
import { Flight, type Answer } from './flight.js';
import type { Keeper } from './keeper.js';
import { keyMark, type L1Tier } from './l1-tier.js';
import type { L2Tier } from './l2-tier.js';
import type { Loading } from './loading.js';
import { knownFill, type Found, type Lookup } from './lookup.js';
import type { ReadMode } from './read-mode.js';
import type { StaleServing } from './stale-serving.js';

/** After a background refresh was tried, a hit does not try again before this share of the fresh life has passed. */
const REFRESH_PAUSE_SHARE = 0.05;
const MIN_REFRESH_PAUSE_MS = 250;

/** What L1 has no answer for: one flight a key through L2 and the loader, shared by whoever may share it. */
export class FlightControl {
  /** Flights that callers may join, by full key. */
  private readonly flights = new Map<string, Flight>();
  private readonly refreshing = new Set<string>();

  constructor(
    private readonly l1: L1Tier,
    private readonly l2: L2Tier,
    private readonly lookup: Lookup,
    private readonly loading: Loading,
    private readonly keeper: Keeper,
    private readonly stale: StaleServing,
    private readonly policyOf: (entry: CatalogEntry<unknown>) => EntryPolicy,
    private readonly events: CacheEvents,
    private readonly clock: Clock,
  ) {}

  /** Joins a flight or begins one. */
  answer(ref: EntryRef<unknown>, loader: Loader<unknown>, mode: ReadMode, ttlMs: number | undefined): Promise<Answer> {
    const joined = mode === 'normal' ? this.join(ref) : null;
    if (joined !== null) return joined;
    const flight = this.begin(ref, ttlMs);
    void this.fly([flight], bulkOf(loader), mode);
    return flight.promise;
  }

  /** The same for many keys: those that nobody is on the way with fly together. */
  answerMany(
    refs: readonly EntryRef<unknown>[],
    load: BulkLoader<unknown>,
    mode: ReadMode,
    ttlMs: number | undefined,
  ): Promise<Answer>[] {
    const begun: Flight[] = [];
    const answers = refs.map((ref) => {
      const joined = mode === 'normal' ? this.join(ref) : null;
      if (joined !== null) return joined;
      const flight = this.begin(ref, ttlMs);
      begun.push(flight);
      return flight.promise;
    });
    if (begun.length > 0) void this.fly(begun, load, mode);
    return answers;
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
    return flight.promise.then((answer) => (answer.tier === 'STALE' ? answer : { ...answer, tier: 'L1' }));
  }

  private begin(ref: EntryRef<unknown>, ttlMs: number | undefined): Flight {
    const flight = this.newFlight(ref, ttlMs);
    this.flights.set(ref.key, flight);
    return flight;
  }

  /** A flight that holds the marks of everything it depends on; whoever takes one ends it. */
  newFlight(ref: EntryRef<unknown>, ttlMs: number | undefined): Flight {
    const address = this.lookup.addressOf(ref);
    // Held from before the first request is sent: what is invalidated from here on concerns this flight.
    const held = this.l1.tombstones.hold([...address.tags, keyMark(ref.key)]);
    return new Flight(ref, address, this.policyOf(ref.entry), held, this.l1.moment(), ttlMs);
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
      const judged = this.lookup.judge(flight.ref, flight.address, snapshots[index]!, known && knownFill(known));
      const found = judged instanceof Promise ? await judged : judged;
      if (found === null) missing.push(flight);
      else if (found.freshLeftMs > 0) this.settleFound(flight, found, load);
      else {
        flight.stale = { value: found.value, bornAt: asked.q - found.ageMs, asked };
        missing.push(flight);
      }
    }
    return { missing, answered: true };
  }

  private settleFound(flight: Flight, found: Found, load: BulkLoader<unknown>): void {
    const { ref } = flight;
    this.keeper.keepFound(flight, found);
    flight.settle({ value: found.value, tier: 'L2', ageMs: found.ageMs, freshForMs: found.freshLeftMs });
    if (this.keeper.isRefreshDue(flight, found)) {
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
  refresh(ref: EntryRef<unknown>, loader: Loader<unknown>, ttlMs?: number): void {
    // Its failure is an event.
    this.replace(ref, loader, ttlMs).catch(() => {});
  }

  /**
   * The same for who wants to know what came of it.
   * @returns null where it is left to another process, or was done by this one a moment ago @throws what the loader throws
   */
  async replace(ref: EntryRef<unknown>, loader: Loader<unknown>, ttlMs?: number): Promise<Answer | null> {
    if (this.refreshing.has(ref.key)) return null;
    this.refreshing.add(ref.key);
    const flight = this.newFlight(ref, ttlMs);
    try {
      await this.loading.run([flight], bulkOf(loader), 'refresh', true);
      return flight.settled ? await flight.promise : null;
    } finally {
      this.l1.tombstones.release(flight.held);
      this.clock.setTimer(() => this.refreshing.delete(ref.key), this.refreshPauseMs(flight.policy.freshMs));
    }
  }

  refreshPauseMs(freshMs: number): number {
    return Math.max(MIN_REFRESH_PAUSE_MS, freshMs * REFRESH_PAUSE_SHARE);
  }

  /** Reads L2 without loading, and keeps what it finds in L1; null when there is nothing fresh. */
  async read(ref: EntryRef<unknown>): Promise<Found | null> {
    const flight = this.newFlight(ref, undefined);
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

  private stalenessMs(policy: EntryPolicy): number {
    return this.l2.attached ? policy.stalenessMs : Infinity;
  }
}

function sameAddress(one: EntryRef<unknown>, other: EntryRef<unknown>): boolean {
  if (one.namespace !== other.namespace) return false;
  return one.extraTags === other.extraTags || one.extraTags.join('\0') === other.extraTags.join('\0');
}
