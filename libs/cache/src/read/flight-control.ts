import { bulkOf, singleOf, type BulkLoader, type Loader } from '../load/loader-call.js';
import type { CatalogEntry, EntryPolicy, EntryRef } from '../catalog.js';
import type { ManyCaller } from './caller.js';
import type { Clock } from '../clock.js';
import type { CacheEvents } from '../events.js';
import { hasSameTags } from '../keys/key.ref.js';
import { Flight, type Answer, type Waiter } from './flight.js';
import { FlightTable } from './flight.table.js';
import type { Keeper } from '../load/keeper.js';
import type { L1Tier } from './l1-tier.js';
import type { L2Tier } from './l2-tier.js';
import type { Loading } from '../load/loading.js';
import { knownFill, type Found, type Lookup } from './lookup.js';
import type { ReadMode } from './read-mode.js';
import { ReadTurn, Single, type Party } from './read.turn.js';
import type { StaleServing } from './stale-serving.js';
import type { LeaseIntent } from '../store/store.port.js';

/** After a background refresh was tried, a hit does not try again before this share of the fresh life has passed. */
const REFRESH_PAUSE_SHARE = 0.05;
const MIN_REFRESH_PAUSE_MS = 250;

/** What L1 has no answer for: one flight a key through L2 and the loader, shared by whoever may share it. */
export class FlightControl {
  private readonly flights = new FlightTable();
  private readonly refreshing = new Set<string>();
  private readonly turn = new ReadTurn((flights) => this.readAll(flights));

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
  answer(
    ref: EntryRef<unknown>,
    loader: Loader<unknown>,
    mode: ReadMode,
    ttlMs: number | undefined,
    waiter: Waiter,
  ): void {
    if (mode === 'normal' && this.join(ref, waiter)) return;
    const flight = this.begin(ref, ttlMs);
    flight.wait(waiter);
    this.depart(new Single(flight, loader), mode);
  }

  /** The same for many keys: those that nobody is on the way with fly together. */
  answerMany(
    refs: readonly EntryRef<unknown>[],
    load: BulkLoader<unknown>,
    mode: ReadMode,
    ttlMs: number | undefined,
    caller: ManyCaller,
  ): void {
    const begun: Flight[] = [];
    // A key whose tags are wrong throws before anybody is on the way.
    for (const ref of refs) void ref.tags;
    const asked = this.l1.moment();
    for (let index = 0; index < refs.length; index += 1) {
      const ref = refs[index]!;
      const waiter = caller.waiter(index);
      if (mode === 'normal' && this.join(ref, waiter)) continue;
      const flight = this.begin(ref, ttlMs, asked);
      flight.wait(waiter);
      begun.push(flight);
    }
    if (begun.length > 0) this.depart({ flights: begun, load }, mode);
  }

  /**
   * Shares a flight under way, if an L1 hit as old as its read would be allowed: a caller that arrives after an
   * invalidation never joins a load that began before it.
   */
  private join(ref: EntryRef<unknown>, waiter: Waiter): boolean {
    const flight = this.flights.get(ref.key);
    if (flight === null || flight.settled || !hasSameTags(flight.ref, ref)) return false;
    if (this.clock.now() - flight.asked.q >= this.stalenessMs(flight.policy)) return false;
    if (!flight.isSpared()) return false;
    this.events.coalesced(ref.entry.name, ref.key);
    flight.wait({
      answered: (answer) => waiter.answered(answer.tier === 'STALE' ? answer : { ...answer, tier: 'L1' }),
      failed: (error) => waiter.failed(error),
    });
    return true;
  }

  private begin(ref: EntryRef<unknown>, ttlMs: number | undefined, asked = this.l1.moment()): Flight {
    const flight = this.newFlight(ref, ttlMs, asked);
    this.flights.add(flight);
    return flight;
  }

  /** A flight that asks now. What is to be loaded for it must be held before, and ended when it is over. */
  newFlight(ref: EntryRef<unknown>, ttlMs: number | undefined, asked = this.l1.moment()): Flight {
    return new Flight(ref, this.policyOf(ref.entry), this.l1.tombstones, asked, ttlMs);
  }

  private depart(party: Party, mode: ReadMode): void {
    if (mode === 'fresh') void this.land(party, party.flights, 'always', true);
    else if (this.l2.usable) void this.fly(party);
    else void this.land(party, party.flights, 'missing', false);
  }

  /** Looks in L2, and goes on to the loader with what is not there. */
  private async fly(party: Party): Promise<void> {
    await this.turn.join(party.flights);
    const missing: Flight[] = [];
    const unread: Flight[] = [];
    const decoding: Promise<void>[] = [];
    for (const flight of party.flights) {
      const { snapshot } = flight;
      flight.snapshot = null;
      if (snapshot === null) {
        unread.push(flight);
        continue;
      }
      const known = knownFill(this.l1.store.peek(flight.ref.key));
      const judged = this.lookup.judge(flight.ref, snapshot, known);
      if (judged instanceof Promise) decoding.push(judged.then((found) => this.take(party, flight, found, missing)));
      else this.take(party, flight, judged, missing);
    }
    if (decoding.length > 0) await Promise.all(decoding);
    if (missing.length > 0) void this.land(party, missing, 'missing', true);
    if (unread.length > 0) void this.land(party, unread, 'missing', false);
  }

  private async readAll(flights: readonly Flight[]): Promise<void> {
    const asked = this.l1.moment();
    for (const flight of flights) flight.asked = asked;
    const snapshots = await this.l2.readMany(flights);
    if (snapshots === null) return;
    for (let index = 0; index < flights.length; index += 1) flights[index]!.snapshot = snapshots[index]!;
  }

  /** Settles the flight with what L2 has fresh; else it is missing. */
  private take(party: Party, flight: Flight, found: Found | null, missing: Flight[]): void {
    if (found !== null && found.freshLeftMs > 0) return this.settleFound(flight, found, party);
    if (found !== null) {
      flight.stale = { value: found.value, bornAt: flight.asked.q - found.ageMs, asked: flight.asked };
    }
    missing.push(flight);
  }

  private settleFound(flight: Flight, found: Found, party: Party): void {
    const { ref, ttlMs } = flight;
    this.keeper.keepFound(flight, found);
    flight.settle({ value: found.value, tier: 'L2', ageMs: found.ageMs, freshForMs: found.freshLeftMs });
    this.end(flight);
    if (!this.keeper.isRefreshDue(flight, found)) return;
    this.refresh(ref, singleOf(party.load, ref), ttlMs);
  }

  /**
   * What is left goes on to the loader, whose error fails the flights: this does not reject.
   * @param mayFill whether L2 answered: if not, it must not be filled
   */
  private async land(party: Party, flights: readonly Flight[], intent: LeaseIntent, mayFill: boolean): Promise<void> {
    try {
      const missing = flights.filter((flight) => {
        this.considerStaleRecord(flight);
        flight.hold();
        return !this.stale.settleWhileBusy(flight);
      });
      if (missing.length === 0) return;
      const loadEnded = missing.map((flight) => this.stale.loadBegins(flight));
      try {
        await this.loading.run(missing, party.load, intent, mayFill);
      } finally {
        for (const ended of loadEnded) ended();
      }
    } catch (error) {
      for (const flight of flights) if (!flight.settled) flight.fail(error);
    } finally {
      for (const flight of flights) this.end(flight);
    }
  }

  private end(flight: Flight): void {
    this.flights.end(flight);
  }

  /** Where L2 has nothing to say, an expired L1 record within S (or without a second tier: within grace) may cover a failing source. */
  private considerStaleRecord(flight: Flight): void {
    if (flight.stale !== null || this.l2.usable) return;
    const record = this.l1.find(flight.ref);
    const now = this.clock.now();
    if (record === undefined || record.absent || now >= record.servableUntil || !this.l1.isValid(record)) return;
    if (now - record.askedAt >= this.stalenessMs(flight.policy)) return;
    // Valid up to now, however long ago it was asked for.
    const asked = { q: record.askedAt, since: this.l1.tombstones.epoch };
    flight.stale = { value: this.l1.valueOf(record), bornAt: record.bornAt, asked };
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
    const flight = this.newFlight(ref, ttlMs);
    this.refreshing.add(ref.key);
    flight.hold();
    try {
      await this.loading.run([flight], bulkOf(loader), 'refresh', true);
      if (flight.settled && flight.answer === null) throw flight.error;
      return flight.answer;
    } finally {
      flight.end();
      this.clock.setTimer(() => this.refreshing.delete(ref.key), this.refreshPauseMs(flight.policy.freshMs));
    }
  }

  refreshPauseMs(freshMs: number): number {
    return Math.max(MIN_REFRESH_PAUSE_MS, freshMs * REFRESH_PAUSE_SHARE);
  }

  /** Reads L2 without loading, and keeps what it finds in L1; null when there is nothing fresh. */
  async read(ref: EntryRef<unknown>): Promise<Found | null> {
    const flight = this.newFlight(ref, undefined);
    const read = await this.lookup.read(ref);
    if (read === null || read.found.freshLeftMs <= 0) return null;
    // Of tags that only the envelope named the flight knows nothing: L1 could miss their invalidation.
    if (read.ref === ref) this.keeper.keepFound(flight, read.found);
    return read.found;
  }

  private stalenessMs(policy: EntryPolicy): number {
    return this.l2.attached ? policy.stalenessMs : Infinity;
  }
}
