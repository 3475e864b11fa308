import type { CatalogEntry } from '../catalog.js';
import type { Clock } from '../clock.js';
import type { CacheEvents } from '../events.js';
import type { Filler, Granted } from './filler.js';
import type { Flight } from '../read/flight.js';
import type { Keeper } from './keeper.js';
import type { L1Tier } from '../read/l1-tier.js';
import type { L2Tier } from '../read/l2-tier.js';
import { callLoader, type BulkLoader, type Loaded } from './loader-call.js';
import type { Lookup } from '../read/lookup.js';
import type { OriginLimiter } from '../resilience/origin-limiter.js';
import type { StaleServing } from '../read/stale-serving.js';
import type { LeaseIntent, LeaseReply } from '../store/store.port.js';
import type { Wakeups } from './wakeups.js';

/** A lease outlives its holder by at most this; a slow load renews it three times as often. */
const LEASE_MS = 2_000;
/**
 * Who waits for another process is woken by the bus; should that be cut, it looks for itself this often. Where the store
 * has stopped answering, this and a command's timeout are all that it adds to the caller's own load: below 200 ms.
 */
const LOOK_AGAIN_MS = 75;

/**
 * The miss path. One caller in the whole fleet holds a key's lease and reads the source; the others wait for it. Only a
 * lease whose stamp still matches may fill, so nothing that was read before an invalidation reaches L2 after it
 * (the leases of Nishtala et al.: Scaling Memcache at Facebook, NSDI 2013, bound to the versions of all tags).
 */
export class Loading {
  constructor(
    private readonly l1: L1Tier,
    private readonly l2: L2Tier,
    private readonly lookup: Lookup,
    private readonly keeper: Keeper,
    private readonly filler: Filler,
    private readonly stale: StaleServing,
    private readonly wakeups: Wakeups,
    private readonly events: CacheEvents,
    private readonly clock: Clock,
    private readonly limiterOf: (entry: CatalogEntry<unknown>) => OriginLimiter,
  ) {}

  /**
   * Settles every flight, by a value or an error; for a `refresh` whose lease somebody else holds, by nothing.
   * Keys whose leases are granted are loaded first, in one call, and only then are the others waited for: else two
   * callers could wait for each other.
   */
  async run(
    flights: readonly Flight[],
    load: BulkLoader<unknown>,
    intent: LeaseIntent,
    mayFill: boolean,
  ): Promise<void> {
    if (!mayFill || !this.l2.usable) return this.loadDirect(flights, load);
    const replies = await this.askForLeases(flights, intent);
    if (replies === null) return this.loadDirect(flights, load);

    const granted: Granted[] = [];
    const taking: Promise<void>[] = [];
    const others: Flight[] = [];
    for (const [index, flight] of flights.entries()) {
      const reply = replies[index]!;
      if (reply.kind === 'granted') granted.push({ ...reply, flight });
      else if (reply.kind === 'held') others.push(flight);
      else taking.push(this.take(flight, reply).then((taken) => (taken ? undefined : this.overwrite(flight, load))));
    }
    if (granted.length > 0) taking.push(this.loadLeased(granted, load));
    await Promise.all(taking);
    if (intent !== 'refresh') await Promise.all(others.map((flight) => this.waitForOther(flight, load)));
  }

  /** Somebody else loads: woken by their end, this one takes the value, or the lease, or at the deadline the source. */
  private async waitForOther(flight: Flight, load: BulkLoader<unknown>): Promise<void> {
    const deadline = this.clock.now() + flight.policy.hardTimeoutMs;
    while (this.clock.now() < deadline) {
      // Before the lease is asked for: a holder that ends right after the reply must not be missed.
      const listener = this.wakeups.listen(flight.ref.key);
      try {
        const reply = (await this.askForLeases([flight], 'missing'))?.[0];
        if (reply === undefined) break;
        if (reply.kind === 'granted') return await this.loadLeased([{ ...reply, flight }], load);
        if (reply.kind === 'present')
          return (await this.take(flight, reply)) ? undefined : await this.overwrite(flight, load);
        if (reply.kind === 'held') await listener.wait(Math.min(reply.remainingMs + 1, LOOK_AGAIN_MS));
      } finally {
        listener.stop();
      }
    }
    return this.loadDirect([flight], load);
  }

  /** @returns null when L2 does not answer, or is not believed (any more) */
  private async askForLeases(flights: readonly Flight[], intent: LeaseIntent): Promise<readonly LeaseReply[] | null> {
    if (!this.l2.usable) return null;
    const { doubts } = this.l2;
    const asked = this.l1.moment();
    for (const flight of flights) flight.asked = asked;
    const replies = await this.l2.leaseMany(
      flights.map((flight) => ({
        key: flight.key,
        tags: flight.tags,
        intent,
        leaseMs: LEASE_MS,
        withHeight: flight.policy.heightAware,
      })),
    );
    if (replies === null || this.l2.doubts === doubts) return replies;
    // What is there may have been invalidated, and a load of now is not written: a lease would only hold others up.
    for (const [index, reply] of replies.entries()) {
      if (reply.kind === 'granted') void this.l2.release(flights[index]!, reply.lease);
    }
    return null;
  }

  /** Somebody filled it while we asked for the lease. */
  private async take(flight: Flight, reply: LeaseReply & { readonly kind: 'present' }): Promise<boolean> {
    const found = await this.lookup.judge(flight.ref, reply.snapshot);
    if (found === null || found.freshLeftMs <= 0) return false;
    this.keeper.keepFound(flight, found);
    flight.settle({ value: found.value, tier: 'L2', ageMs: found.ageMs, freshForMs: found.freshLeftMs });
    return true;
  }

  /** What is there cannot be read: another version of the application wrote it, or it is damaged. It is replaced. */
  private async overwrite(flight: Flight, load: BulkLoader<unknown>): Promise<void> {
    const reply = (await this.askForLeases([flight], 'refresh'))?.[0];
    if (reply?.kind === 'granted') return this.loadLeased([{ ...reply, flight }], load);
    return this.loadDirect([flight], load);
  }

  private async loadLeased(granted: readonly Granted[], load: BulkLoader<unknown>): Promise<void> {
    const stopRenewing = this.keepRenewing(granted);
    const minHeight = granted.reduce((highest, grant) => Math.max(highest, grant.minHeight ?? -1), -1);
    const flights = granted.map((grant) => grant.flight);
    const loaded = await this.load(flights, load, minHeight < 0 ? null : minHeight);
    stopRenewing();
    if (loaded !== null) return this.filler.fillLeased(granted, loaded);
    for (const { flight, lease } of granted) {
      void this.l2.release(flight, lease);
      this.wakeups.wake(flight.ref.key);
    }
  }

  /** Without a lease: L2 cannot be asked, or must not be written. Answers, and keeps the value in L1 for S at most. */
  private async loadDirect(flights: readonly Flight[], load: BulkLoader<unknown>): Promise<void> {
    const asked = this.l1.moment();
    for (const flight of flights) flight.asked = asked;
    const loaded = await this.load(flights, load, null);
    if (loaded !== null) this.filler.fillLocal(flights, loaded);
  }

  /** Null when the load failed: then every flight has been settled with its stale value or the error. */
  private async load(
    flights: readonly Flight[],
    load: BulkLoader<unknown>,
    minHeight: number | null,
  ): Promise<Loaded | null> {
    const { entry } = flights[0]!.ref;
    try {
      const loaded = await this.limiterOf(entry).run(() => callLoader(this.clock, flights, load, minHeight));
      for (const flight of flights) this.events.loaded(entry.name, flight.ref.key, loaded.durationMs);
      return loaded;
    } catch (error) {
      for (const flight of flights) this.events.loadFailed(entry.name, flight.ref.key, error);
      await Promise.all(flights.map((flight) => this.stale.settleFailed(flight, error)));
      return null;
    }
  }

  private keepRenewing(granted: readonly Granted[]): () => void {
    let cancel = (): void => {};
    const next = (): void => {
      cancel = this.clock.setTimer(() => {
        for (const { flight, lease } of granted) void this.l2.renew(flight, lease, LEASE_MS);
        next();
      }, LEASE_MS / 3);
    };
    next();
    return () => cancel();
  }
}
