import type { EncodedValue } from '../encoding/body.codec.js';
import type { Clock } from '../clock.js';
import type { Flight } from '../read/flight.js';
import type { L1Tier } from '../read/l1-tier.js';
import type { Found } from '../read/lookup.js';

/** Puts what a flight brought into L1, unless it was invalidated meanwhile, with the time from which a hit refreshes it in the background. */
export class Keeper {
  constructor(
    private readonly l1: L1Tier,
    private readonly clock: Clock,
  ) {}

  /** What L2 held. A record of the very same fill is as new as this read; it need not be made again. */
  keepFound(flight: Flight, found: Found): void {
    const { asked } = flight;
    if (!flight.isSpared()) return;
    const known = this.l1.store.peek(flight.ref.key);
    if (known !== undefined && known.fillMark === found.fillMark && known.text === null) {
      this.l1.renew(known, asked);
      return;
    }
    // The record that the fill was known by is gone meanwhile, and its text was not read again.
    if (found.text === null) return;
    this.l1.put(flight.ref, {
      text: found.text,
      bodyBytes: found.bodyBytes,
      value: found.value,
      absent: found.absent,
      asked,
      freshUntil: asked.q + found.freshLeftMs,
      refreshAt: asked.q + found.freshLeftMs - this.headStartMs(flight, found.freshMs, found.loadMs),
      bornAt: asked.q - found.ageMs,
      fillMark: found.fillMark,
    });
  }

  /** What the loader returned; undefined for an absent record. */
  keepLoaded(flight: Flight, encoded: EncodedValue | null, freshMs: number, loadMs: number): void {
    const { asked } = flight;
    if (!flight.isSpared()) return;
    this.l1.put(flight.ref, {
      text: encoded?.text ?? '',
      bodyBytes: encoded?.bodyBytes ?? 0,
      value: encoded?.value,
      absent: encoded === null,
      asked,
      freshUntil: asked.q + freshMs,
      refreshAt: asked.q + freshMs - this.headStartMs(flight, freshMs, loadMs),
      bornAt: asked.q,
      fillMark: null,
    });
  }

  /** Whether what L2 held should be replaced ahead of its expiry, drawn anew at each look. */
  isRefreshDue(flight: Flight, { freshLeftMs, freshMs, loadMs }: Found): boolean {
    return freshLeftMs < this.headStartMs(flight, freshMs, loadMs);
  }

  /**
   * How long before its expiry a value is refreshed: a fixed share of its life, so that a key read now and then stays
   * warm, or XFetch's draw when that is earlier, so that slow loads of hot keys start early and not all at once
   * (Vattani, Chierichetti, Lowenstein: Optimal Probabilistic Cache Stampede Prevention, VLDB 2015). Drawn once a record
   * instead of once a read: a logarithm per hit would cost more than the hit.
   */
  private headStartMs(flight: Flight, freshMs: number, loadMs: number): number {
    const { refreshAhead, beta } = flight.policy;
    const drawn = loadMs * beta * -Math.log(1 - this.clock.random());
    return Math.max(refreshAhead * freshMs, drawn);
  }
}
