import { Injectable } from '@nestjs/common';
import { errors, jwtVerify, SignJWT } from 'jose';
import { walletOf } from '../catalog/wallet.js';
import { keyDigest } from '../logging/key.digest.js';
import { AuthSecrets } from './auth.secrets.js';
import type { Authenticator } from './authenticator.port.js';
import type { Principal } from './scope.js';

const ISSUER = 'chaincache';
const ALGORITHM = 'HS256';
const LIFE_S = 900;
/** The clocks of instances may differ by this much. */
const CLOCK_TOLERANCE_S = 5;
const NO_SCOPES: Principal['scopes'] = new Set();

export interface Session {
  readonly token: string;
  readonly expiresInS: number;
}

/** What an owner holds after signing in: a JWT that says which wallet is theirs, for 15 minutes. */
@Injectable()
export class SessionTokens implements Authenticator {
  constructor(private readonly secrets: AuthSecrets) {}

  /** @param wallet in key form */
  async issue(wallet: string): Promise<Session> {
    const token = await new SignJWT()
      .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
      .setIssuer(ISSUER)
      .setAudience(ISSUER)
      .setSubject(wallet)
      .setIssuedAt()
      .setExpirationTime(`${LIFE_S}s`)
      .sign(this.secrets.session);
    return { token, expiresInS: LIFE_S };
  }

  async authenticate(credential: string): Promise<Principal | null> {
    if (!credential.startsWith('eyJ')) return null;
    const wallet = await this.walletOf(credential);
    if (wallet === null) return null;
    return { name: `owner ${keyDigest(wallet)}`, scopes: NO_SCOPES, owner: { wallet, via: 'session' } };
  }

  private async walletOf(token: string): Promise<string | null> {
    try {
      const { payload } = await jwtVerify(token, this.secrets.session, {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        audience: ISSUER,
        clockTolerance: CLOCK_TOLERANCE_S,
        requiredClaims: ['sub', 'exp', 'iat'],
      });
      return walletOf(payload.sub ?? '')?.address ?? null;
    } catch (error) {
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
  }
}
