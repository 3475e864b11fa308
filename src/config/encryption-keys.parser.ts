import { hkdfSync, randomBytes } from 'node:crypto';
import type { EncryptionKey } from '@chaincache/cache';
import { list } from './variable.types.js';

const KEY_BYTES = 32;
const KEY = /^([A-Za-z0-9._-]{1,32}):([A-Za-z0-9+/]{43}=)$/;

/** `CACHE_ENCRYPTION_KEYS`: `2025-07:base64…,2025-01:base64…`. Refuses two keys of one id. */
export const encryptionKeys = list
  .refine((parts) => parts.every((part) => KEY.test(part)), { error: 'not accepted' })
  .transform((parts) => parts.map(keyOf))
  .refine((keys) => new Set(keys.map(({ id }) => id)).size === keys.length, { error: 'not accepted' });

/**
 * The key when none is configured: derived from a secret that all instances share (HKDF, RFC 5869), otherwise random,
 * so that what one process encrypted is a miss for every other.
 */
export function derivedKey(secret: string | undefined): EncryptionKey {
  if (secret === undefined) return { id: 'process', key: randomBytes(KEY_BYTES) };
  return { id: 'derived', key: Buffer.from(hkdfSync('sha256', secret, '', 'chaincache cache encryption', KEY_BYTES)) };
}

function keyOf(part: string): EncryptionKey {
  const [, id, key] = KEY.exec(part)!;
  return { id: id!, key: key! };
}
