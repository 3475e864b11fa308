import { bech32 } from '@scure/base';

const PREFIX = 'remes';
/** Longest text that is looked at: 32 bytes of data make 64 characters with this prefix. */
const MAX_LENGTH = 64;
/** Accounts have 20 bytes, module accounts and contracts 32 (Cosmos SDK, ADR-028). */
const BYTE_LENGTHS = [20, 32];

/** What an R3MES wallet should be, for people. */
export const R3MES_ADDRESS_EXPECTED = `an R3MES wallet: ${PREFIX}1… in bech32 with the right checksum`;

/**
 * The one form in which an R3MES wallet stands in keys, tags and answers: lower case. Null for another prefix, a wrong
 * checksum, mixed case or another length. Bech32 is defined in BIP-173.
 */
export function r3mesAddressKey(text: string): string | null {
  if (text.length > MAX_LENGTH) return null;
  const decoded = bech32.decodeUnsafe(text, MAX_LENGTH);
  if (decoded?.prefix !== PREFIX) return null;
  const bytes = bech32.fromWordsUnsafe(decoded.words);
  return bytes && BYTE_LENGTHS.includes(bytes.length) ? text.toLowerCase() : null;
}
