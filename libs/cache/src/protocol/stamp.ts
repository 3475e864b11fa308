import type { Versions } from '../store/store.port.js';

/** Bytes of a store's identity and of each version in a stamp. 64 random bits: an old stamp matches a new one by chance once in 2^64. */
export const WORD_BYTES = 8;

/** The stamp of these versions, or null while one of them is missing. */
export function stampOf(versions: Versions): Buffer | null {
  const stamp = Buffer.allocUnsafe(WORD_BYTES * (versions.versions.length + 1));
  versions.identity.copy(stamp, 0);
  let offset = WORD_BYTES;
  for (const version of versions.versions) {
    if (version === null) return null;
    version.copy(stamp, offset);
    offset += WORD_BYTES;
  }
  return stamp;
}

/**
 * Whether the stamp at `offset` of an envelope equals the present versions and identity, in order and number.
 * A missing version never matches: it is minted anew at random, never counted from 0.
 */
export function stampMatches(envelope: Buffer, offset: number, tagCount: number, present: Versions): boolean {
  const { versions, identity } = present;
  if (versions.length !== tagCount || !wordEquals(envelope, offset, identity)) return false;
  for (let index = 0; index < tagCount; index += 1) {
    const version = versions[index];
    if (version == null || !wordEquals(envelope, offset + WORD_BYTES * (index + 1), version)) return false;
  }
  return true;
}

function wordEquals(envelope: Buffer, offset: number, word: Buffer): boolean {
  return (
    word.length === WORD_BYTES &&
    envelope.readUInt32LE(offset) === word.readUInt32LE(0) &&
    envelope.readUInt32LE(offset + 4) === word.readUInt32LE(4)
  );
}
