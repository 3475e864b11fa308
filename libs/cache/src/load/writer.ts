import type { BodyCodec, EncodedValue } from '../encoding/body.codec.js';
import type { CacheInvalidator } from '../cache-invalidator.js';
import type { EntryRef } from '../catalog.js';
import { envelopeParts } from '../protocol/envelope.js';
import type { CacheEvents } from '../events.js';
import type { FlightControl } from '../read/flight-control.js';
import type { Flight } from '../read/flight.js';
import type { Keeper } from './keeper.js';
import type { L1Tier } from '../read/l1-tier.js';
import type { L2Tier } from '../read/l2-tier.js';
import type { Outbox } from '../outbox/outbox.port.js';

/** What became of a `set`: `queued` when the store could not be reached, then only this process has the value, for S. */
export type SetOutcome = 'stored' | 'refused' | 'queued';

/** Unconditional writes, for keys that have no loader. */
export class Writer {
  constructor(
    private readonly l1: L1Tier,
    private readonly l2: L2Tier,
    private readonly control: FlightControl,
    private readonly codec: BodyCodec,
    private readonly keeper: Keeper,
    private readonly invalidator: CacheInvalidator,
    private readonly outbox: Outbox,
    private readonly events: CacheEvents,
  ) {}

  /** @throws CacheError `NOT_JSON`; whatever the outbox throws when neither it nor the store can be written */
  async set(ref: EntryRef<unknown>, value: unknown, ttlMs: number | undefined): Promise<SetOutcome> {
    const encoded = this.codec.encode(value);
    this.l1.invalidate([], [ref.key]);
    const flight = this.control.newFlight(ref, ttlMs);
    flight.hold();
    try {
      if (encoded.bodyBytes > flight.policy.maxBytes) {
        this.events.fillRefused(ref.entry.name, ref.key, 'too-large');
        await this.invalidator.invalidateKeys([ref]);
        return 'refused';
      }
      const freshMs = ttlMs ?? flight.policy.freshMs;
      const outcome = this.l2.attached ? await this.write(flight, encoded, freshMs) : 'stored';
      // Once more, as for an invalidation: a read that was sent before the write may land after it.
      const isNewest = flight.isSpared();
      this.l1.invalidate([], [ref.key]);
      if (isNewest) {
        flight.asked = { q: flight.asked.q, since: this.l1.tombstones.epoch };
        this.keeper.keepLoaded(flight, encoded, freshMs, 0);
      }
      return outcome;
    } finally {
      flight.end();
    }
  }

  private async write(flight: Flight, encoded: EncodedValue, freshMs: number): Promise<SetOutcome> {
    const { ref, key, tags, policy } = flight;
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
      tags.length,
    );
    const message = { tags: [], keys: [ref.key] };
    const outcome = await this.l2.set({
      key,
      tags,
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
}
