// viem's own needs 60 ms and 12 MB at the start for what stands below.
import { keccak256 } from '@cosmjs/crypto';

/** What an EVM address should be, for people. */
export const EVM_ADDRESS_EXPECTED =
  'an EVM address: 0x and 40 hex digits; in mixed case with the right EIP-55 checksum';

const SHAPE = /^0x[0-9a-fA-F]{40}$/;

/**
 * The one form in which an EVM address stands in keys, tags and answers: lower case. Null for what is not an address:
 * a wrong length, characters that only look like hex digits, or mixed case whose checksum (EIP-55) does not fit.
 * Addresses all in lower or all in upper case carry no checksum and are taken as they are.
 */
export function evmAddressKey(text: string): string | null {
  if (!SHAPE.test(text)) return null;
  const digits = text.slice(2);
  const mixed = digits !== digits.toLowerCase() && digits !== digits.toUpperCase();
  const key = text.toLowerCase();
  return mixed && checksumAddress(key) !== text ? null : key;
}

/** An address as people see it: the case of its letters is its checksum (EIP-55). @param key lower case */
export function checksumAddress(key: string): string {
  const digits = key.slice(2);
  const hash = Buffer.from(keccak256(Buffer.from(digits))).toString('hex');
  const letters = Array.from(digits, (digit, at) => (parseInt(hash[at]!, 16) >= 8 ? digit.toUpperCase() : digit));
  return `0x${letters.join('')}`;
}
