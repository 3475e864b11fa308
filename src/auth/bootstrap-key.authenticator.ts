import { createHash, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../config/app.config.js';
import type { Authenticator } from './authenticator.port.js';
import { type Principal, SCOPES } from './scope.js';

/** The one key that configuration gives: it may do everything, so that the first other keys can be made. */
@Injectable()
export class BootstrapKeyAuthenticator implements Authenticator {
  private readonly digest: Buffer | undefined;
  private readonly principal: Principal = { name: 'bootstrap', scopes: new Set(SCOPES) };

  constructor({ adminApiKey }: AppConfig) {
    this.digest = adminApiKey === undefined ? undefined : sha256(adminApiKey);
  }

  authenticate(credential: string): Promise<Principal | null> {
    // Digests have one length, and comparing them takes one time: neither tells anything of the key.
    const known = this.digest !== undefined && timingSafeEqual(sha256(credential), this.digest);
    return Promise.resolve(known ? this.principal : null);
  }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
