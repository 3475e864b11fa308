import type { BodyCodec, EncodedValue } from '../encoding/body.codec.js';
import type { Clock } from '../clock.js';
import type { HeightDemands } from '../protocol/demands.js';
import { encodeEnvelope } from '../protocol/envelope.js';
import type { CacheEvents } from '../events.js';
import type { Flight } from '../read/flight.js';
import type { Keeper } from './keeper.js';
import type { L2Tier } from '../read/l2-tier.js';
import type { Loaded } from './loader-call.js';
import type { FillRequest, Lease } from '../store/store.port.js';
import type { Wakeups } from './wakeups.js';

/** How long a value is kept that is older than a demanded block height, or of unknown height while one is demanded. */
const LAGGING_LIFE_MS = 2_000;

/** A flight that holds the lease of its key. */
export interface Granted {
  readonly flight: Flight;
  readonly lease: Lease;
  /** The store's clock when the lease was granted: the value's age counts from here. */
  readonly nowMs: number;
  readonly minHeight: number | null;
}

/** Takes loaded values to their callers and, as far as they may be kept, to L2 and L1. */
export class Filler {
  constructor(
    private readonly l2: L2Tier,
    private readonly codec: BodyCodec,
    private readonly keeper: Keeper,
    private readonly demands: HeightDemands,
    private readonly wakeups: Wakeups,
    private readonly events: CacheEvents,
    private readonly clock: Clock,
  ) {}

  /** Values loaded under leases: L2 by compare-and-fill, then L1. Settles every flight. */
  async fillLeased(granted: readonly Granted[], loaded: Loaded): Promise<void> {
    const requests: (FillRequest | null)[] = [];
    const results: ({ encoded: EncodedValue | null; freshMs: number } | null)[] = [];
    for (const [index, grant] of granted.entries()) {
      const result = this.encode(grant.flight, loaded.values[index]);
      const freshMs = result === null ? 0 : this.freshMs(grant.flight, result.encoded, loaded, grant.minHeight);
      const keep = result !== null && this.mayKeep(grant.flight, result.encoded, freshMs);
      results.push(result === null ? null : { encoded: result.encoded, freshMs: keep ? freshMs : 0 });
      requests.push(keep ? await this.fillRequest(grant, result.encoded, freshMs, loaded) : null);
    }
    const writes = requests.filter((request) => request !== null);
    const outcomes = writes.length === 0 ? [] : await this.l2.fillMany(writes);
    let written = 0;
    for (const [index, { flight, lease }] of granted.entries()) {
      const result = results[index]!;
      const request = requests[index]!;
      if (request === null) {
        void this.l2.release(flight, lease);
      } else {
        const outcome = outcomes === null ? 'store-down' : outcomes[written]!;
        written += 1;
        this.report(flight, outcome, result?.encoded ?? null, request.envelope.length);
        // A refused fill was overtaken by an invalidation. One that was lost or had no room is bounded by S and the tombstones.
        if (outcome !== 'refused')
          this.keeper.keepLoaded(flight, result?.encoded ?? null, result?.freshMs ?? 0, loaded.durationMs);
      }
      this.wakeups.wake(flight.ref.key);
      if (result !== null)
        this.settle(flight, result.encoded, outcomes !== null && request !== null ? result.freshMs : 0);
    }
  }

  /** Values loaded without a lease, because L2 could not be asked or the wait was over: L1 only. Settles every flight. */
  fillLocal(flights: readonly Flight[], loaded: Loaded): void {
    for (const [index, flight] of flights.entries()) {
      const result = this.encode(flight, loaded.values[index]);
      if (result === null) continue;
      const freshMs = this.freshMs(flight, result.encoded, loaded, null);
      const keep = this.mayKeep(flight, result.encoded, freshMs);
      if (keep) this.keeper.keepLoaded(flight, result.encoded, freshMs, loaded.durationMs);
      this.settle(flight, result.encoded, keep ? freshMs : 0);
    }
  }

  /** Null when the value cannot be carried: then the flight has failed with the reason. */
  private encode(flight: Flight, value: unknown): { readonly encoded: EncodedValue | null } | null {
    if (value === undefined) return { encoded: null };
    try {
      return { encoded: this.codec.encode(value) };
    } catch (error) {
      flight.fail(error);
      return null;
    }
  }

  private freshMs(flight: Flight, encoded: EncodedValue | null, loaded: Loaded, storeDemand: number | null): number {
    const { policy } = flight;
    let freshMs = encoded === null ? policy.absentMs : (flight.ttlMs ?? loaded.freshMs ?? policy.freshMs);
    if (policy.heightAware) {
      const demand = Math.max(storeDemand ?? -1, this.demands.of(flight.tags) ?? -1);
      if (demand > (loaded.height ?? -1)) freshMs = Math.min(freshMs, LAGGING_LIFE_MS);
    }
    // Jitter only shortens: what is promised as fresh is never older than said.
    return freshMs * (1 - policy.jitter * this.clock.random());
  }

  private mayKeep(flight: Flight, encoded: EncodedValue | null, freshMs: number): boolean {
    if (freshMs <= 0) return false;
    if (encoded === null || encoded.bodyBytes <= flight.policy.maxBytes) return true;
    this.events.fillRefused(flight.ref.entry.name, flight.ref.key, 'too-large');
    return false;
  }

  private async fillRequest(
    { flight, lease, nowMs }: Granted,
    encoded: EncodedValue | null,
    freshMs: number,
    loaded: Loaded,
  ): Promise<FillRequest> {
    const packed = encoded === null ? NO_BODY : await this.codec.pack(flight.ref.key, flight.policy, encoded);
    const envelope = encodeEnvelope(
      {
        absent: encoded === null,
        compressed: packed.compressed,
        encrypted: packed.encrypted,
        schema: flight.policy.schema,
        freshMs,
        loadMs: loaded.durationMs,
        height: loaded.height,
        extraTags: flight.ref.extraTags.length > 0 ? flight.ref.extraTags : null,
        body: packed.bytes,
      },
      lease.stamp,
      nowMs,
    );
    const graceMs = encoded === null ? 0 : flight.policy.graceMs;
    const spentMs = this.clock.now() - flight.asked.q;
    const lifeMs = Math.max(1, Math.floor(freshMs + graceMs - spentMs));
    return { key: flight.key, tags: flight.tags, lease, envelope, lifeMs };
  }

  private report(
    flight: Flight,
    outcome: 'filled' | 'refused' | 'full' | 'store-down',
    encoded: EncodedValue | null,
    storedBytes: number,
  ): void {
    const { entry, key } = flight.ref;
    if (outcome === 'filled') this.events.filled(entry.name, key, encoded?.bodyBytes ?? 0, storedBytes);
    else this.events.fillRefused(entry.name, key, outcome === 'refused' ? 'invalidated' : outcome);
  }

  private settle(flight: Flight, encoded: EncodedValue | null, freshMs: number): void {
    const ageMs = this.clock.now() - flight.asked.q;
    flight.settle({ value: encoded?.value, tier: 'MISS', ageMs: 0, freshForMs: Math.max(0, freshMs - ageMs) });
  }
}

const NO_BODY = { bytes: Buffer.alloc(0), compressed: false, encrypted: false };
