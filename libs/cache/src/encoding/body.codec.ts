import type { EntryPolicy } from '../catalog.js';
import { compress, decompress } from './compression.codec.js';
import type { Encryption } from './encryption.codec.js';
import { decodeJson, encodeJson } from './json-value.js';
import type { Envelope } from '../protocol/envelope.js';
import { CacheError } from '../errors.js';
import type { DecodeFault } from '../events.js';

/** A loaded value in every form the tiers need: encoded once, and the frozen copy that callers get. */
export interface EncodedValue {
  readonly text: string;
  readonly bodyBytes: number;
  readonly value: unknown;
}

/** A body ready for L2. */
export interface PackedBody {
  readonly bytes: Buffer;
  readonly compressed: boolean;
  readonly encrypted: boolean;
}

export type UnpackedBody = EncodedValue | { readonly fault: DecodeFault };

/** The one way between values and L2 bodies: JSON, gzip above a size where it pays, AES-256-GCM for sensitive entries. */
export class BodyCodec {
  constructor(private readonly encryption: Encryption | null) {}

  /** @throws CacheError `NOT_JSON` for a value that JSON cannot carry unchanged. */
  encode(value: unknown): EncodedValue {
    const text = encodeJson(value);
    return { text, bodyBytes: Buffer.byteLength(text), value: decodeJson(text) };
  }

  async pack(key: string, policy: EntryPolicy, encoded: EncodedValue): Promise<PackedBody> {
    const plain = Buffer.from(encoded.text);
    const packed = await compress(plain);
    if (!policy.sensitive) return { bytes: packed, compressed: packed !== plain, encrypted: false };
    return { bytes: this.requireEncryption().encrypt(packed, key), compressed: packed !== plain, encrypted: true };
  }

  /** Reads a body back; whatever cannot be read is a named fault, never an exception. */
  unpack(
    key: string,
    policy: EntryPolicy,
    envelope: Envelope,
    envelopeBytes: Buffer,
  ): UnpackedBody | Promise<UnpackedBody> {
    if (envelope.encrypted !== policy.sensitive) return { fault: 'decrypt' };
    let bytes: Buffer | null = envelopeBytes.subarray(envelope.bodyOffset);
    if (envelope.encrypted) {
      bytes = this.encryption?.decrypt(bytes, key) ?? null;
      if (bytes === null) return { fault: 'decrypt' };
    }
    if (!envelope.compressed) return decodeBody(bytes);
    try {
      const plain = decompress(bytes, policy.maxBytes);
      return plain instanceof Promise ? plain.then(decodeBody, () => GARBAGE) : decodeBody(plain);
    } catch {
      return GARBAGE;
    }
  }

  private requireEncryption(): Encryption {
    if (this.encryption !== null) return this.encryption;
    throw new CacheError(
      'INVALID_OPTION',
      'an entry is marked sensitive but no encryption keys are given: set `encryption.keys`',
    );
  }
}

const GARBAGE: UnpackedBody = { fault: 'garbage' };

function decodeBody(bytes: Buffer): UnpackedBody {
  try {
    const text = bytes.toString('utf8');
    return { text, bodyBytes: bytes.length, value: decodeJson(text) };
  } catch {
    return GARBAGE;
  }
}
