import type { NonceSeal } from './nonce.seal.js';
import type { SignInPayload } from './sign-in.payload.js';

/** Clocks of instances may differ by this much. */
const CLOCK_TOLERANCE_MS = 30_000;

export interface PayloadExpectations {
  readonly domain: string;
  readonly chainIds: readonly number[];
  readonly seal: Pick<NonceSeal, 'fits'>;
}

/** Why a payload cannot be signed in with, for people; null: it can, with a valid signature. */
export function refusalOf(payload: SignInPayload, nowMs: number, expected: PayloadExpectations): string | null {
  if (payload.domain !== expected.domain) return `The payload is for another domain than ${expected.domain}.`;
  if (payload.chain_id !== undefined && !expected.chainIds.map(String).includes(payload.chain_id)) {
    return `The payload is for a chain that is not served here: it should be one of ${expected.chainIds.join(', ')}.`;
  }
  if (!expected.seal.fits(payload)) return 'The payload was not issued here, or was changed since.';
  // From here on the payload is our own, and its times are dates.
  if (nowMs > Date.parse(payload.expiration_time) + CLOCK_TOLERANCE_MS)
    return 'The payload has expired: ask for a new one.';
  if (nowMs < Date.parse(payload.invalid_before)) return 'The payload is not valid yet: the clocks disagree.';
  return null;
}
