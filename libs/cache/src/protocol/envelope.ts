import { WORD_BYTES } from './stamp.js';

/**
 * The bytes of an entry in L2, format 1. Integers are big-endian.
 *
 *     0  magic 0xCC      1  format 1       2  flags           3  number of tags
 *     4  schema (2)      6  fresh ms (4)  10  load ms (4)
 *    14  filled at, ms on the store's clock (6)
 *    20  stamp: identity (8), then a version (8) for each tag
 *     .  block height (6), when FLAG_HEIGHT
 *     .  length (2) and JSON of the explicit tags, when FLAG_NAMES
 *     .  body
 */
export interface Envelope {
  readonly absent: boolean;
  readonly compressed: boolean;
  readonly encrypted: boolean;
  readonly tagCount: number;
  readonly schema: number;
  readonly freshMs: number;
  /** How long the loader took: XFetch's delta. */
  readonly loadMs: number;
  readonly filledAtMs: number;
  readonly height: number | null;
  /** Tags that cannot be derived from the key, named so that a plain `get` can check them. */
  readonly extraTags: readonly string[] | null;
  /** Where the body begins: what is already known need not be looked at. */
  readonly bodyOffset: number;
}

/** What the writer knows; the stamp and the time come from the lease or from the store. */
export interface EnvelopeContent extends Omit<Envelope, 'tagCount' | 'filledAtMs' | 'bodyOffset'> {
  readonly body: Buffer;
}

export const STAMP_OFFSET = 20;
const FILLED_AT_OFFSET = 14;
const MAGIC = 0xcc;
const FORMAT = 1;
const FLAG_ABSENT = 1;
const FLAG_COMPRESSED = 2;
const FLAG_ENCRYPTED = 4;
const FLAG_HEIGHT = 8;
const FLAG_NAMES = 16;
const TIME_BYTES = 6;
const MAX_UINT32 = 0xffffffff;

/** The envelope in the two parts between which the store puts time and stamp when it mints them itself (`set`). */
export function envelopeParts(
  content: EnvelopeContent,
  tagCount: number,
): { readonly head: Buffer; readonly tail: Buffer } {
  const head = Buffer.allocUnsafe(FILLED_AT_OFFSET);
  const names = content.extraTags === null ? null : Buffer.from(JSON.stringify(content.extraTags));
  head[0] = MAGIC;
  head[1] = FORMAT;
  head[2] =
    (content.absent ? FLAG_ABSENT : 0) |
    (content.compressed ? FLAG_COMPRESSED : 0) |
    (content.encrypted ? FLAG_ENCRYPTED : 0) |
    (content.height === null ? 0 : FLAG_HEIGHT) |
    (names === null ? 0 : FLAG_NAMES);
  head[3] = tagCount;
  head.writeUInt16BE(content.schema, 4);
  head.writeUInt32BE(Math.min(MAX_UINT32, Math.round(content.freshMs)), 6);
  head.writeUInt32BE(Math.min(MAX_UINT32, Math.round(content.loadMs)), 10);

  const extras: Buffer[] = [];
  if (content.height !== null) extras.push(uint48(content.height));
  if (names !== null) {
    const length = Buffer.allocUnsafe(2);
    length.writeUInt16BE(names.length, 0);
    extras.push(length, names);
  }
  return { head, tail: extras.length === 0 ? content.body : Buffer.concat([...extras, content.body]) };
}

/** A whole envelope under a stamp that was granted before. @param filledAtMs the store's clock when the load began */
export function encodeEnvelope(content: EnvelopeContent, stamp: Buffer, filledAtMs: number): Buffer {
  const { head, tail } = envelopeParts(content, stamp.length / WORD_BYTES - 1);
  return Buffer.concat([head, uint48(filledAtMs), stamp, tail]);
}

/** Reads an envelope; null for anything that is not one: garbage, another format, truncated. Never throws. */
export function decodeEnvelope(bytes: Buffer): Envelope | null {
  if (bytes.length < STAMP_OFFSET + WORD_BYTES || bytes[0] !== MAGIC || bytes[1] !== FORMAT) return null;
  const flags = bytes[2]!;
  const tagCount = bytes[3]!;
  let offset = STAMP_OFFSET + WORD_BYTES * (tagCount + 1);
  let height: number | null = null;
  let extraTags: readonly string[] | null = null;
  if (flags & FLAG_HEIGHT) {
    if (offset + TIME_BYTES > bytes.length) return null;
    height = bytes.readUIntBE(offset, TIME_BYTES);
    offset += TIME_BYTES;
  }
  if (flags & FLAG_NAMES) {
    if (offset + 2 > bytes.length) return null;
    const end = offset + 2 + bytes.readUInt16BE(offset);
    if (end > bytes.length) return null;
    extraTags = parseNames(bytes.toString('utf8', offset + 2, end));
    if (extraTags === null) return null;
    offset = end;
  }
  if (offset > bytes.length) return null;
  return {
    absent: (flags & FLAG_ABSENT) !== 0,
    compressed: (flags & FLAG_COMPRESSED) !== 0,
    encrypted: (flags & FLAG_ENCRYPTED) !== 0,
    tagCount,
    schema: bytes.readUInt16BE(4),
    freshMs: bytes.readUInt32BE(6),
    loadMs: bytes.readUInt32BE(10),
    filledAtMs: bytes.readUIntBE(FILLED_AT_OFFSET, TIME_BYTES),
    height,
    extraTags,
    bodyOffset: offset,
  };
}

/**
 * Where the stamp of an entry ends, also when only its beginning is at hand; null for what is no entry.
 * @param bytes at least up to the end of the stamp
 */
export function stampEnd(bytes: Buffer): number | null {
  if (bytes.length < STAMP_OFFSET || bytes[0] !== MAGIC || bytes[1] !== FORMAT) return null;
  const end = STAMP_OFFSET + WORD_BYTES * (bytes[3]! + 1);
  return end <= bytes.length ? end : null;
}

function uint48(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(TIME_BYTES);
  bytes.writeUIntBE(Math.max(0, Math.floor(value)), 0, TIME_BYTES);
  return bytes;
}

function parseNames(text: string): readonly string[] | null {
  try {
    const names: unknown = JSON.parse(text);
    return Array.isArray(names) && names.every((name) => typeof name === 'string') ? names : null;
  } catch {
    return null;
  }
}
