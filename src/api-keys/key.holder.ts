import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AccessControl } from '../auth/index.js';
import { Problem } from '../http/problem.js';

const WANTED = "the wallet's owner, signed in, or an API key with the scope admin";

/** Whose keys a request may see and change. */
export interface KeyHolder {
  /** May grant scopes, and see to anybody's keys. */
  readonly admin: boolean;
  /** In key form; null: an admin who named none. */
  readonly wallet: string | null;
}

/** Decides whose API keys a request is about. An API key makes no further keys: whoever finds one could never be shut out. */
@Injectable()
export class KeyHolders {
  constructor(private readonly access: AccessControl) {}

  /**
   * @param named the wallet that the request names, in key form
   * @throws Problem 401, 403
   */
  async holderOf(request: FastifyRequest, named: string | undefined): Promise<KeyHolder> {
    const { scopes, owner } = await this.access.identify(request, WANTED);
    if (scopes.has('admin')) return { admin: true, wallet: named ?? null };
    if (owner?.via !== 'session') throw new Problem(403, `This needs ${WANTED}.`);
    if (named !== undefined && named !== owner.wallet) {
      throw new Problem(403, 'This is another wallet than the one that signed in.');
    }
    return { admin: false, wallet: owner.wallet };
  }
}
