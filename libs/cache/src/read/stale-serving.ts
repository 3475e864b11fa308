import type { Clock } from '../clock.js';
import type { CacheEvents, StaleReason } from '../events.js';
import type { Flight } from './flight.js';
import type { L2Tier } from './l2-tier.js';
import type { Lookup } from './lookup.js';

/** After a failed load, how long the stale value is served without asking the source again. */
const RETRY_AFTER_MS = 1_000;
const NOTHING = (): void => {};

/**
 * When an expired value is served: while its replacement is being loaded and takes longer than the soft timeout, and
 * when the load failed. Invalidated is not expired: before a failure is covered up, the value is looked up once more.
 */
export class StaleServing {
  /** Keys whose source is being asked, or has just failed, and until when that counts. */
  private readonly busyUntil = new Map<string, number>();

  constructor(
    private readonly l2: L2Tier,
    private readonly lookup: Lookup,
    private readonly events: CacheEvents,
    private readonly clock: Clock,
    private readonly stalenessOf: (flight: Flight) => number,
  ) {}

  /** Whether somebody in this process is already busy replacing this flight's stale value. Then it is settled with it. */
  settleWhileBusy(flight: Flight): boolean {
    const until = this.busyUntil.get(flight.ref.key);
    if (flight.stale === null || until === undefined || until <= this.clock.now()) return false;
    this.settle(flight, 'timeout');
    return true;
  }

  /**
   * The source is being asked on behalf of the flight: past the soft timeout its stale value, if any, is served.
   * @returns to be called when the load has ended
   */
  loadBegins(flight: Flight): () => void {
    if (flight.stale === null) return NOTHING;
    const { key } = flight.ref;
    const { softTimeoutMs, hardTimeoutMs } = flight.policy;
    const cancel = this.clock.setTimer(() => {
      if (flight.settled || !this.isServable(flight)) return;
      this.busyUntil.set(key, this.clock.now() + hardTimeoutMs);
      this.settle(flight, 'timeout');
    }, softTimeoutMs);
    return () => {
      cancel();
      if (!flight.loadFailed) this.busyUntil.delete(key);
    };
  }

  /** Covers a failed load with the stale value if that is still valid, or passes the error on to the callers. */
  async settleFailed(flight: Flight, error: unknown): Promise<void> {
    flight.loadFailed = true;
    if (flight.stale !== null) this.backOff(flight.ref.key);
    if (flight.settled) return;
    if (flight.stale !== null && (await this.isStillValid(flight))) this.settle(flight, 'error');
    else flight.fail(error);
  }

  private backOff(key: string): void {
    this.busyUntil.set(key, this.clock.now() + RETRY_AFTER_MS);
    this.clock.setTimer(() => {
      const until = this.busyUntil.get(key);
      if (until !== undefined && until <= this.clock.now()) this.busyUntil.delete(key);
    }, RETRY_AFTER_MS);
  }

  private async isStillValid(flight: Flight): Promise<boolean> {
    if (!this.isServable(flight)) return false;
    if (!this.l2.usable) return this.clock.now() - flight.stale!.asked.q < this.stalenessOf(flight);
    const read = await this.lookup.read(flight.ref);
    return read !== null || !this.l2.usable;
  }

  /** Nothing this process has heard of has invalidated it. */
  private isServable(flight: Flight): boolean {
    return flight.stale !== null && flight.isSpared(flight.stale.asked);
  }

  private settle(flight: Flight, reason: StaleReason): void {
    const { value, bornAt } = flight.stale!;
    const ageMs = this.clock.now() - bornAt;
    this.events.staleServed(flight.ref.entry.name, flight.ref.key, reason, ageMs);
    flight.settle({ value, tier: 'STALE', ageMs, freshForMs: 0 });
  }
}
