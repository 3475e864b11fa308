import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AuthSecrets } from '../auth.secrets.js';
import type { SignInPayload } from './sign-in.payload.js';

const RANDOM_BYTES = 16;
const SEAL_BYTES = 16;
const FORM = /^[0-9a-f]{64}$/;

/**
 * Makes nonces that prove by themselves what they were made for: 16 random bytes, and 16 bytes of an HMAC over them and
 * everything else in the payload. So asking for a payload stores nothing, on no instance, and only those nonces need to
 * be kept that were used with a valid signature. Hex, since EIP-4361 takes letters and digits only.
 */
@Injectable()
export class NonceSeal {
  constructor(private readonly secrets: AuthSecrets) {}

  sealed(payload: Omit<SignInPayload, 'nonce'>): SignInPayload {
    const random = randomBytes(RANDOM_BYTES).toString('hex');
    return { ...payload, nonce: random + this.sealOf(random, payload) };
  }

  /** Whether the payload is one that `sealed` made, to the letter. */
  fits(payload: SignInPayload): boolean {
    const { nonce } = payload;
    if (!FORM.test(nonce)) return false;
    const random = nonce.slice(0, 2 * RANDOM_BYTES);
    return timingSafeEqual(Buffer.from(random + this.sealOf(random, payload)), Buffer.from(nonce));
  }

  private sealOf(random: string, payload: Omit<SignInPayload, 'nonce'>): string {
    const { domain, address, statement, uri, version, chain_id = null } = payload;
    const times = [payload.issued_at, payload.expiration_time, payload.invalid_before];
    const sealed = JSON.stringify([random, domain, address, statement, uri, version, chain_id, ...times]);
    return createHmac('sha256', this.secrets.nonce)
      .update(sealed)
      .digest('hex')
      .slice(0, 2 * SEAL_BYTES);
  }
}
