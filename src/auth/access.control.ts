import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Problem } from '../http/problem.js';
import { type Authenticator, AUTHENTICATORS } from './authenticator.port.js';
import type { Principal, Scope } from './scope.js';

/** Longer ones are not looked at. */
const MAX_CREDENTIAL_LENGTH = 4_096;
const CHALLENGE = 'Bearer realm="chaincache"';

/** Who a request comes from, and whether they may. */
@Injectable()
export class AccessControl {
  constructor(@Inject(AUTHENTICATORS) private readonly authenticators: readonly Authenticator[]) {}

  /** @throws Problem 401 without a valid credential, 403 when it lacks the scope */
  async require(request: FastifyRequest, scope: Scope): Promise<Principal> {
    const principal = await this.identify(request, `an API key with the scope ${scope}`);
    if (!principal.scopes.has(scope)) throw lacking(scope, `This needs an API key with the scope ${scope}.`);
    return principal;
  }

  /**
   * @param wallet in key form; null: nobody's
   * @throws Problem 401 without a valid credential, 403 when it is neither the owner's nor has the scope
   */
  async requireOwnerOr(request: FastifyRequest, wallet: string | null, scope: Scope): Promise<Principal> {
    const wanted = `the wallet's owner, signed in, or an API key with the scope ${scope}`;
    const principal = await this.identify(request, wanted);
    const isOwner = wallet !== null && principal.owner?.wallet === wallet;
    if (!isOwner && !principal.scopes.has(scope)) throw lacking(scope, `This needs ${wanted}.`);
    return principal;
  }

  /**
   * @param wanted what is needed, for people
   * @throws Problem 401 without a valid credential
   */
  async identify(request: FastifyRequest, wanted: string): Promise<Principal> {
    const credential = credentialOf(request);
    if (credential === null) throw unknown(CHALLENGE, `This needs ${wanted}`);
    for (const authenticator of this.authenticators) {
      const principal = await authenticator.authenticate(credential);
      if (principal !== null) return principal;
    }
    throw unknown(
      `${CHALLENGE}, error="invalid_token"`,
      `The credential is unknown, expired or revoked. This needs ${wanted}`,
    );
  }
}

function credentialOf({ headers }: FastifyRequest): string | null {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  const credential = bearer ?? headers['x-api-key'];
  if (typeof credential !== 'string' || credential === '' || credential.length > MAX_CREDENTIAL_LENGTH) return null;
  return credential;
}

/** The challenges are those of RFC 6750, section 3. */
function unknown(challenge: string, detail: string): Problem {
  return new Problem(401, `${detail}, as "Authorization: Bearer …" or "x-api-key".`, {
    headers: { 'www-authenticate': challenge },
  });
}

function lacking(scope: Scope, detail: string): Problem {
  return new Problem(403, detail, {
    headers: { 'www-authenticate': `${CHALLENGE}, error="insufficient_scope", scope="${scope}"` },
  });
}
