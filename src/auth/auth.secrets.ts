import { hkdfSync, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../config/app.config.js';

const KEY_BYTES = 32;

/**
 * The keys that sessions and nonces are signed with. All instances have them from JWT_SECRET; without one they are
 * random, and what one process signed no other accepts.
 */
@Injectable()
export class AuthSecrets {
  /** JWT_SECRET itself, so that R3MES's other services can verify sessions. */
  readonly session: Uint8Array;
  /** Derived (HKDF, RFC 5869): a session can never pass for a nonce. */
  readonly nonce: Uint8Array;

  constructor({ jwtSecret }: AppConfig) {
    const secret = jwtSecret === undefined ? randomBytes(KEY_BYTES) : Buffer.from(jwtSecret);
    this.session = secret;
    this.nonce = Buffer.from(hkdfSync('sha256', secret, '', 'chaincache sign-in nonce', KEY_BYTES));
  }
}
