import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type Authenticator, isScope, type Principal } from '../auth/index.js';
import { apiKey, type ApiKeyRecord } from '../catalog/api-key.entry.js';
import { ColdLoadLimiter } from '../source/cold-load.limiter.js';
import { ApiKeyLoader } from './api-key.loader.js';
import { looksLikeKey, sha256Of } from './api-key.secret.js';
import { ApiKeyUsage } from './api-key.usage.js';
import { UnknownKeys } from './unknown.keys.js';

/**
 * Knows API keys. Its entry is never in L1, so that each request sees a revocation that any instance has applied.
 * When neither the cache nor the database can say, nobody gets in: it throws.
 */
@Injectable()
export class ApiKeyAuthenticator implements Authenticator {
  constructor(
    private readonly loader: ApiKeyLoader,
    private readonly unknown: UnknownKeys,
    private readonly usage: ApiKeyUsage,
    private readonly limiter: ColdLoadLimiter,
  ) {}

  /** @throws SourceError, ColdLoadRefused */
  async authenticate(credential: string): Promise<Principal | null> {
    if (!looksLikeKey(credential)) return null;
    const sha256 = sha256Of(credential);
    if (this.unknown.has(sha256)) return null;
    const moment = this.unknown.moment();
    const target = apiKey.ref({ sha256 });
    const record = await this.limiter.read<ApiKeyRecord | undefined>(target, () => this.loader.load(sha256));
    if (record === undefined) {
      this.unknown.add(sha256, moment);
      return null;
    }
    if (!isSame(record.sha256, sha256) || hasExpired(record)) return null;
    this.usage.used(record.id);
    return {
      name: `key ${record.id}`,
      scopes: new Set(record.scopes.filter(isScope)),
      owner: { wallet: record.wallet, via: 'key' },
    };
  }
}

/** What is cached was found by this hash; that it is the same key's is checked all the same, in constant time. */
function isSame(known: string, given: string): boolean {
  const [a, b] = [Buffer.from(known), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** At each use: what is cached may outlive the key. */
function hasExpired({ expiresAt }: ApiKeyRecord): boolean {
  return expiresAt !== null && Date.parse(expiresAt) <= Date.now();
}
