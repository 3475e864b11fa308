import { createCipheriv, createDecipheriv, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { CacheError } from '../errors.js';

/** A key of AES-256: 32 bytes, or those bytes in base64. The id is written in front of each ciphertext; it is no secret. */
export interface EncryptionKey {
  readonly id: string;
  readonly key: Buffer | string;
}

export interface EncryptionOptions {
  /** The current key first: it encrypts. The others decrypt what was encrypted before a rotation. */
  readonly keys: readonly EncryptionKey[];
}

const FORMAT = 1;
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const MAX_ID_BYTES = 255;

interface NamedKey {
  /** Format, length of the id, id: what stands in front of a ciphertext. It is authenticated too. */
  readonly header: Buffer;
  readonly key: KeyObject;
}

/**
 * AES-256-GCM for the bodies of `sensitive` entries.
 *
 *     0  format 1    1  length of the key's id    2  id
 *     .  nonce (12, random)    .  tag (16)    .  ciphertext
 *
 * The entry's key is authenticated with the ciphertext, so a value that was moved under another key does not decrypt.
 *
 * Nonces are random, therefore one key may encrypt at most 2^32 values in the whole fleet, for a chance of a repeated
 * nonce below 2^-32 (NIST SP 800-38D, section 8.3). That is 49 days of 1 000 fills a second: rotate sooner.
 */
export class Encryption {
  readonly #current: NamedKey;
  readonly #byId = new Map<string, NamedKey>();

  /** @throws {CacheError} INVALID_OPTION, when there is no key, a key is not 32 bytes, or an id is empty, too long or taken. */
  constructor(options: EncryptionOptions) {
    for (const [position, { id, key }] of options.keys.entries()) {
      if (this.#byId.has(id)) throw invalid(`two encryption keys have the id "${id}": give each its own`);
      this.#byId.set(id, { header: headerOf(id, position), key: createSecretKey(keyBytes(id, key)) });
    }
    const current = this.#byId.get(options.keys[0]?.id ?? '');
    if (current === undefined) throw invalid('encryption needs at least one key: { id, key }, the current one first');
    this.#current = current;
  }

  /** Encrypts with the current key. */
  encrypt(body: Buffer, entryKey: string): Buffer {
    const { header, key } = this.#current;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(additionalData(header, entryKey));
    const data = cipher.update(body);
    cipher.final();
    return Buffer.concat([header, nonce, cipher.getAuthTag(), data]);
  }

  /** The body; null when it cannot be had: unknown key, tampered, truncated, of another entry, not encrypted. Never throws. */
  decrypt(bytes: Buffer, entryKey: string): Buffer | null {
    const idEnd = 2 + (bytes[1] ?? 0);
    const dataStart = idEnd + NONCE_BYTES + TAG_BYTES;
    if (bytes[0] !== FORMAT || bytes.length < dataStart) return null;
    const named = this.#byId.get(bytes.toString('utf8', 2, idEnd));
    if (named === undefined) return null;
    try {
      const nonce = bytes.subarray(idEnd, idEnd + NONCE_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', named.key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(additionalData(named.header, entryKey));
      decipher.setAuthTag(bytes.subarray(idEnd + NONCE_BYTES, dataStart));
      const body = decipher.update(bytes.subarray(dataStart));
      decipher.final();
      return body;
    } catch {
      return null;
    }
  }
}

function additionalData(header: Buffer, entryKey: string): Buffer {
  return Buffer.concat([header, Buffer.from(entryKey, 'utf8')]);
}

function headerOf(id: string, position: number): Buffer {
  const name = Buffer.from(id, 'utf8');
  if (name.length === 0 || name.length > MAX_ID_BYTES) {
    throw invalid(`the id of encryption key ${position} must have 1 to ${MAX_ID_BYTES} bytes`);
  }
  return Buffer.concat([Buffer.from([FORMAT, name.length]), name]);
}

/** The key's bytes. Errors name the id and the length, never the key. */
function keyBytes(id: string, key: Buffer | string): Buffer {
  const bytes = typeof key === 'string' ? Buffer.from(key, 'base64') : key;
  if (bytes.length !== KEY_BYTES) {
    const fix = 'AES-256 needs 32, as a Buffer or in base64 (make one: openssl rand -base64 32)';
    throw invalid(`encryption key "${id}" has ${bytes.length} bytes: ${fix}`);
  }
  return bytes;
}

function invalid(message: string): CacheError {
  return new CacheError('INVALID_OPTION', message);
}
