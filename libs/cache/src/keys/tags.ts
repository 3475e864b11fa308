import { CacheError } from '../errors.js';

/** The tag that every entry carries; invalidating it invalidates everything. */
export const ALL = '*';

/** Most tags an entry may have, implicit ones included: each costs 8 bytes in the stamp and a part of every read. */
export const MAX_TAGS = 12;

const MAX_NAME_LENGTH = 512;

/** The tag of a namespace; no explicit tag can look like it. */
export function namespaceTag(namespace: string): string {
  return `@${namespace}`;
}

/** The key as both tiers know it: the namespace, if any, in front. */
export function fullKey(key: string, namespace: string | undefined): string {
  return namespace === undefined ? key : `${namespace}:${key}`;
}

/** Each literal prefix of the key up to a `:`: `a:b:c` has `a:` and `a:b:`. */
export function prefixesOf(key: string): string[] {
  const prefixes: string[] = [];
  for (let at = key.indexOf(':'); at !== -1; at = key.indexOf(':', at + 1)) prefixes.push(key.slice(0, at + 1));
  return prefixes;
}

/**
 * All tags of an entry in stamp order: explicit ones (sorted, without repeats), the namespace, the prefixes of the key, `*`.
 * @param key the full key, namespace included
 * @throws CacheError `INVALID_TAG` above 12 tags, or for a tag that is empty, too long, begins with `@` or `*`, or ends with `:`.
 */
export function tagsOf(key: string, explicit: readonly string[], namespace: string | undefined): string[] {
  const tags: string[] = [];
  for (const tag of explicit) {
    checkTag(tag);
    insertSorted(tags, tag);
  }
  if (namespace !== undefined) tags.push(namespaceTag(namespace));
  tags.push(...prefixesOf(key), ALL);
  if (tags.length > MAX_TAGS) {
    throw new CacheError(
      'INVALID_TAG',
      `"${key}" would have ${tags.length} tags, the most is ${MAX_TAGS} (its own, its namespace, its prefixes and "*"): give it fewer tags or a shorter key`,
    );
  }
  return tags;
}

/** A dozen names at most, and this runs at each read beyond L1: a Set and a sort would cost more than the rest of it. */
function insertSorted(names: string[], name: string): void {
  let at = names.length;
  while (at > 0 && names[at - 1]! > name) at -= 1;
  if (at > 0 && names[at - 1] === name) return;
  names.splice(at, 0, name);
}

/** @throws CacheError `INVALID_TAG` for a name that cannot be an explicit tag. */
export function checkTag(tag: string): void {
  if (typeof tag === 'string' && tag.length > 0 && tag.length <= MAX_NAME_LENGTH) {
    if (!tag.startsWith('@') && !tag.startsWith('*') && !tag.endsWith(':')) return;
  }
  throw new CacheError(
    'INVALID_TAG',
    `${JSON.stringify(tag)} is not a tag: 1 to ${MAX_NAME_LENGTH} characters, not beginning with "@" or "*", not ending with ":"`,
  );
}

/** @throws CacheError `INVALID_KEY` for a key that is empty, too long, or begins with `_` (kept for versions and leases) or `{` . */
export function checkKey(key: string): void {
  if (typeof key === 'string' && key.length > 0 && key.length <= MAX_NAME_LENGTH && !/^[_{:@*]/.test(key)) return;
  throw new CacheError(
    'INVALID_KEY',
    `${JSON.stringify(key)} is not a key: 1 to ${MAX_NAME_LENGTH} characters, not beginning with "_", "{", ":", "@" or "*"`,
  );
}

/** @throws CacheError `INVALID_KEY` for a namespace other than 1 to 64 letters, digits, `-`, `_` or `.`, beginning with a letter or digit. */
export function checkNamespace(namespace: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(namespace)) return;
  throw new CacheError(
    'INVALID_KEY',
    `${JSON.stringify(namespace)} is not a namespace: 1 to 64 letters, digits, "-", "_" or ".", beginning with a letter or digit`,
  );
}

/**
 * The tag that covers a pattern: `miner:stats:*` is the prefix `miner:stats:`; any other glob is widened to its
 * literal part up to the last `:`. Invalidating more than was asked for is always safe, less never is.
 * A pattern without a wildcard is a key and gives null.
 * @throws CacheError `INVALID_PATTERN` where no literal prefix is left.
 */
export function tagOfPattern(pattern: string): string | null {
  const wildcard = pattern.search(/[*?[\\]/);
  if (wildcard === -1) return null;
  const prefix = pattern.slice(0, pattern.lastIndexOf(':', wildcard) + 1);
  if (wildcard === 0 || prefix === '') {
    throw new CacheError(
      'INVALID_PATTERN',
      `${JSON.stringify(pattern)} has no literal prefix up to a ":": write one, like "miner:stats:*"; to drop everything, clear all instead`,
    );
  }
  return prefix;
}
