import { crc32 } from 'node:zlib';
import type { BodyCodec, EncodedValue, UnpackedBody } from '../encoding/body.codec.js';
import type { CatalogEntry, EntryPolicy, EntryRef } from '../catalog.js';
import type { Clock } from '../clock.js';
import { decodeEnvelope, STAMP_OFFSET, type Envelope } from '../protocol/envelope.js';
import type { CacheEvents } from '../events.js';
import type { L1Record, L1Tier } from './l1-tier.js';
import type { L2Tier } from './l2-tier.js';
import { stampMatches } from '../protocol/stamp.js';
import type { Snapshot } from '../store/store.port.js';

/** A value found in L2 whose stamp matches: not invalidated, though possibly past fresh. Ages are on the store's clock. */
export interface Found extends Omit<EncodedValue, 'text'> {
  /** Null where the fill was a known one, and the text was not looked at. */
  readonly text: string | null;
  readonly absent: boolean;
  readonly ageMs: number;
  /** Negative when expired. */
  readonly freshLeftMs: number;
  readonly freshMs: number;
  readonly loadMs: number;
  readonly fillMark: number;
}

/** A fill whose value the reader has: it need not be decoded again. */
export interface KnownFill {
  readonly fillMark: number;
  readonly value: unknown;
}

/** Reads without loading: decides what a snapshot of the store is worth. */
export class Lookup {
  constructor(
    private readonly l1: L1Tier,
    private readonly l2: L2Tier,
    private readonly codec: BodyCodec,
    private readonly policyOf: (entry: CatalogEntry<unknown>) => EntryPolicy,
    private readonly events: CacheEvents,
    private readonly clock: Clock,
  ) {}

  /**
   * What the snapshot holds for this key: null when there is nothing, when the stamp does not match the present versions
   * and identity, when it is past fresh + grace, or when it cannot be decoded (then with an event).
   * @param known a value of the very same fill spares the decoding
   */
  judge(ref: EntryRef<unknown>, snapshot: Snapshot, known?: KnownFill): Found | null | Promise<Found | null> {
    if (snapshot.envelope === null) return null;
    const envelope = decodeEnvelope(snapshot.envelope);
    if (envelope === null) return this.fault(ref, 'garbage');
    const policy = this.policyOf(ref.entry);
    if (envelope.schema !== policy.schema) return this.fault(ref, 'schema');
    if (envelope.tagCount !== ref.tags.length) return null;
    if (!stampMatches(snapshot.envelope, STAMP_OFFSET, envelope.tagCount, snapshot)) return null;

    const ageMs = Math.max(0, snapshot.nowMs - envelope.filledAtMs);
    const freshLeftMs = envelope.freshMs - ageMs;
    const graceMs = envelope.absent ? 0 : policy.graceMs;
    if (freshLeftMs + graceMs <= 0) return null;
    const fillMark = fillMarkOf(snapshot.envelope, envelope);
    const isKnown = known !== undefined && known.fillMark === fillMark && !envelope.absent;
    const found: Found = {
      text: isKnown ? null : '',
      bodyBytes: 0,
      value: isKnown ? known.value : undefined,
      absent: envelope.absent,
      ageMs,
      freshLeftMs,
      freshMs: envelope.freshMs,
      loadMs: envelope.loadMs,
      fillMark,
    };
    if (envelope.absent || isKnown) return found;
    const body = this.codec.unpack(ref.key, policy, envelope, snapshot.envelope);
    return body instanceof Promise
      ? body.then((unpacked) => this.whole(ref, found, unpacked))
      : this.whole(ref, found, body);
  }

  private whole(ref: EntryRef<unknown>, found: Found, body: UnpackedBody): Found | null {
    if ('fault' in body) return this.fault(ref, body.fault);
    const { text, bodyBytes, value } = body;
    return { ...found, text, bodyBytes, value };
  }

  /**
   * Reads one key from L2. A plain `get` does not know which tags a writer gave beyond the key's own: the envelope names
   * them, and they are read in a second round trip before the value is believed.
   * @returns null when there is nothing, or the store does not answer
   */
  async read(ref: EntryRef<unknown>): Promise<{ readonly found: Found; readonly ref: EntryRef<unknown> } | null> {
    if (!this.l2.usable) return null;
    const snapshot = (await this.l2.readMany([ref]))?.[0];
    if (snapshot == null || snapshot.envelope === null) return null;
    const named = ref.extraTags.length === 0 ? decodeEnvelope(snapshot.envelope)?.extraTags : null;
    if (named == null) {
      const found = await this.judge(ref, snapshot);
      return found && { found, ref };
    }
    const namedRef = ref.entry.withTags(ref, named);
    const again = (await this.l2.readMany([namedRef]))?.[0];
    const found = again == null ? null : await this.judge(namedRef, again);
    return found && { found, ref: namedRef };
  }

  /** How many of the keys have a fresh, valid value in either tier. */
  async countPresent(refs: readonly EntryRef<unknown>[]): Promise<number> {
    const present = await Promise.all(refs.map((ref) => this.isPresent(ref)));
    return present.filter(Boolean).length;
  }

  private async isPresent(ref: EntryRef<unknown>): Promise<boolean> {
    if (this.l1.servable(ref, this.clock.now()) !== undefined) return true;
    const read = await this.read(ref);
    return read !== null && read.found.freshLeftMs > 0;
  }

  private fault(ref: EntryRef<unknown>, fault: 'garbage' | 'schema' | 'decrypt'): null {
    this.events.decodeFailed(ref.entry.name, ref.key, fault);
    return null;
  }
}

/** What a record saves the next read of its key, once it is decoded. */
export function knownFill(record: L1Record | undefined): KnownFill | undefined {
  return record?.text === null ? record : undefined;
}

/** Tells one fill from another: the time of the fill, and a checksum of all its bytes. */
function fillMarkOf(bytes: Buffer, { filledAtMs }: Envelope): number {
  // 21 bits of the time and 32 of the checksum: as much as one number holds exactly.
  return (filledAtMs % 0x200000) * 0x100000000 + crc32(bytes);
}
