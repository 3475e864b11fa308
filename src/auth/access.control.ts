import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Problem } from '../http/problem.js';
import { type Authenticator, AUTHENTICATORS } from './authenticator.port.js';
import type { Principal, Scope } from './scope.js';

/** Longer ones are not looked at. */
const MAX_CREDENTIAL_LENGTH = 4_096;

/** Who a request comes from, and whether they may. */
@Injectable()
export class AccessControl {
  constructor(@Inject(AUTHENTICATORS) private readonly authenticators: readonly Authenticator[]) {}

  /** @throws Problem 401 without a valid credential, 403 when it lacks the scope */
  async require(request: FastifyRequest, scope: Scope): Promise<Principal> {
    const principal = await this.identify(request);
    if (principal === null) {
      throw new Problem(
        401,
        `This needs an API key with the scope ${scope}, as "Authorization: Bearer …" or "x-api-key".`,
        {
          headers: { 'www-authenticate': 'Bearer realm="chaincache"' },
        },
      );
    }
    if (!principal.scopes.has(scope)) throw new Problem(403, `The API key lacks the scope ${scope}.`);
    return principal;
  }

  private async identify(request: FastifyRequest): Promise<Principal | null> {
    const credential = credentialOf(request);
    if (credential === null) return null;
    for (const authenticator of this.authenticators) {
      const principal = await authenticator.authenticate(credential);
      if (principal !== null) return principal;
    }
    return null;
  }
}

function credentialOf({ headers }: FastifyRequest): string | null {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  const credential = bearer ?? headers['x-api-key'];
  if (typeof credential !== 'string' || credential === '' || credential.length > MAX_CREDENTIAL_LENGTH) return null;
  return credential;
}
