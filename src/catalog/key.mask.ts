/** Words of keys and tags, as `network` and `stats`, tell nobody apart. */
const WORD = /^[a-z]{1,12}$/;

/**
 * Names a key or a tag without telling whose it is: each part that is no word is shortened, or where it is short, hidden.
 * For those who may see how the cache does, but not for whom.
 */
export function maskKey(key: string): string {
  return key
    .split(':')
    .map((part) => (part === '' || part === '*' || WORD.test(part) ? part : masked(part)))
    .join(':');
}

function masked(part: string): string {
  return part.length < 16 ? '…' : `${part.slice(0, 6)}…${part.slice(-4)}`;
}
