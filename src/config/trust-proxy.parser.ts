import { isIP } from 'node:net';
import { list } from './variable.types.js';

/** Proxies whose X-Forwarded-For is believed: none, that many hops, or those at these addresses. */
export type TrustProxy = false | number | readonly string[];

const NAMED_RANGES = ['loopback', 'linklocal', 'uniquelocal'];
const MAX_HOPS = 10;

/**
 * `true` is refused on purpose: believing every proxy lets each client choose the address it is limited by.
 */
export const trustProxy = list
  .refine((parts) => isNone(parts) || isHops(parts) || parts.every(isRange), { error: 'not accepted' })
  .transform((parts): TrustProxy => {
    if (isNone(parts)) return false;
    return isHops(parts) ? Number(parts[0]) : parts;
  });

function isNone(parts: readonly string[]): boolean {
  return parts.length === 1 && (parts[0] === 'false' || parts[0] === '0');
}

function isHops(parts: readonly string[]): boolean {
  return parts.length === 1 && /^\d{1,2}$/.test(parts[0]!) && Number(parts[0]) >= 1 && Number(parts[0]) <= MAX_HOPS;
}

function isRange(part: string): boolean {
  if (NAMED_RANGES.includes(part)) return true;
  const [address, bits, ...more] = part.split('/');
  const family = isIP(address!);
  if (family === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}
