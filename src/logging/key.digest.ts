import { createHash } from 'node:crypto';

/** Names a key in logs without telling whose it is: 10 hex digits of its SHA-256. */
export function keyDigest(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 10);
}
