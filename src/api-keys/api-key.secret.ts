import { createHash, randomBytes } from 'node:crypto';

const PREFIX = 'r3mes_';
const RANDOM_BYTES = 32;
const FORM = new RegExp(`^${PREFIX}[A-Za-z0-9_-]{43}$`);

/** A new key: 256 random bits, so that a plain SHA-256 of it tells nothing. */
export function newKey(): string {
  return PREFIX + randomBytes(RANDOM_BYTES).toString('base64url');
}

/** Whether a text can be a key at all. */
export function looksLikeKey(text: string): boolean {
  return FORM.test(text);
}

/** By which a key is known. Hex. */
export function sha256Of(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
