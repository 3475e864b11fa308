import type { CacheManager } from './cache-manager.js';
import type { EntryRef } from './catalog.js';
import type { Clock } from './clock.js';
import type { CacheEvents } from './events.js';
import type { FlightControl } from './read/flight-control.js';
import type { Flight } from './read/flight.js';
import type { HitEvents } from './read/hit-events.js';
import type { Keeper } from './load/keeper.js';
import type { L1Tier } from './read/l1-tier.js';
import type { L2Tier } from './read/l2-tier.js';
import { knownFill, type Found, type KnownFill, type Lookup } from './read/lookup.js';

/** A cached value that may be served as it is. */
export interface Hit<V> {
  readonly tier: 'L1' | 'L2';
  readonly ageMs: number;
  /** Names the fill that brought the value: equal names, equal values. */
  readonly fill: number;
  /** Frozen; undefined where the fill is the one that the caller knows. */
  readonly value: V | undefined;
}

/** A cached value, and a name for the fill that brought it: two fills have two names. */
export interface PeekedValue<V> {
  readonly value: V | undefined;
  readonly ageMs: number;
  readonly fill: string;
}

/**
 * Reads for those who keep an answer ready for a fill that they know: bytes, instead of a value. What is found counts as a
 * hit and keeps every promise of `CacheManager`. What is not found, is absent, or is due for a refresh is left to
 * `getOrSet`, and is not counted here.
 */
export class HitReader {
  constructor(
    private readonly manager: CacheManager,
    private readonly l1: L1Tier,
    private readonly l2: L2Tier,
    private readonly lookup: Lookup,
    private readonly control: FlightControl,
    private readonly keeper: Keeper,
    private readonly hits: HitEvents,
    private readonly events: CacheEvents,
    private readonly clock: Clock,
  ) {}

  /** What L1 may serve at once; undefined for nothing. @param known the fill that need not be decoded */
  fromL1<V>(ref: EntryRef<V>, known: number): Hit<V> | undefined {
    const now = this.clock.now();
    const record = this.l1.servable(ref, now);
    if (record === undefined || record.absent || now >= record.refreshAt) return undefined;
    if (this.manager.isShadowed(ref.entry.name)) return undefined;
    const value = record.fillMark === known ? undefined : (this.l1.valueOf(record) as V);
    this.hits.tell(record, now);
    return { tier: 'L1', ageMs: now - record.bornAt, fill: record.fillMark, value };
  }

  /**
   * What L2 may serve, in one round trip, kept in L1 as any read would; null for nothing.
   * @throws CacheError `INVALID_TAG` as the tags of the ref do
   */
  async fromL2<V>(ref: EntryRef<V>, known: number): Promise<Hit<V> | null> {
    if (!this.l2.usable || this.manager.isShadowed(ref.entry.name)) return null;
    const startedAt = this.clock.now();
    const flight = this.control.newFlight(ref, undefined);
    const found = await this.find(flight, known);
    if (found === null || found.absent || found.freshLeftMs <= 0) return null;
    if (this.keeper.isRefreshDue(flight, found)) return null;
    this.keeper.keepFound(flight, found);
    this.events.hit(ref.entry.name, ref.key, 'L2', found.ageMs);
    this.events.answered(ref.entry.name, 'L2', this.clock.now() - startedAt, 1);
    return { tier: 'L2', ageMs: found.ageMs, fill: found.fillMark, value: found.value as V | undefined };
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
    return { value: this.l1.valueOf(record) as V, ageMs: now - record.bornAt, fill: `L1:${record.fillMark}` };
  }

  private async find(flight: Flight, known: number): Promise<Found | null> {
    const snapshots = await this.l2.readMany([flight]);
    const snapshot = snapshots?.[0];
    if (snapshot == null) return null;
    return this.lookup.judge(flight.ref, snapshot, this.knownFor(flight, known));
  }

  /** L1 needs the value of what it does not hold yet; only where it may hold nothing can the caller's do. */
  private knownFor({ ref, policy }: Flight, known: number): KnownFill | undefined {
    if (policy.stalenessMs <= 0) return { fillMark: known, value: undefined };
    return knownFill(this.l1.store.peek(ref.key));
  }
}
