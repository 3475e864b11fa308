import { createHash } from 'node:crypto';

/** What can be a key as it is. More `:` than that would use up the 12 tags that an entry can have. */
const PLAIN_KEY = /^[A-Za-z0-9./?=&%+-][^~\s:]*(?::[^~\s:]*){0,5}$/;
/** What can stand before a `*` in a pattern and mean nothing but itself. */
const PLAIN_PREFIX = /^[A-Za-z0-9._-]+$/;
const MAX_PLAIN_LENGTH = 400;

/**
 * A key of the cache for any string that a standard store is given. Ordinary ones stay as they are, so that patterns and
 * `explain` know them; any other (blank, very long, with many colons, JSON …) becomes `~` and its SHA-256.
 */
export function compatKey(key: string): string {
  return key.length <= MAX_PLAIN_LENGTH && PLAIN_KEY.test(key) ? key : hashed(key);
}

/** A prefix of keys, up to its `:`, for any namespace that a Keyv is given. */
export function compatPrefix(namespace: string): string {
  const plain = namespace.length <= MAX_PLAIN_LENGTH / 4 && PLAIN_PREFIX.test(namespace);
  return `${plain ? namespace : hashed(namespace)}:`;
}

function hashed(text: string): string {
  return `~${createHash('sha256').update(text).digest('base64url')}`;
}
