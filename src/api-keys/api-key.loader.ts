import { Injectable } from '@nestjs/common';
import { Cached } from '@chaincache/cache/nest';
import { and, eq, sql } from 'drizzle-orm';
import { apiKey, type ApiKeyRecord } from '../catalog/api-key.entry.js';
import { apiKeys } from '../database/database.tables.js';
import { Database, type Statements } from '../database/database.js';
import { ColdLoadLimiter } from '../source/cold-load.limiter.js';

/** Reads API keys through the cache. */
@Injectable()
export class ApiKeyLoader {
  private readonly byHash: ReturnType<typeof prepare>;

  constructor(
    private readonly database: Database,
    private readonly limiter: ColdLoadLimiter,
  ) {
    this.byHash = prepare(database.statements);
  }

  /** @returns undefined where there is no such key, or no longer @throws SourceError, ColdLoadRefused */
  @Cached(apiKey)
  async load(sha256: string): Promise<ApiKeyRecord | undefined> {
    this.limiter.admit();
    const [key] = await this.database.read(() => this.byHash.execute({ sha256 }));
    return (
      key && {
        id: key.id,
        sha256: key.apiKeyHash,
        wallet: key.walletAddress,
        scopes: key.scopes,
        expiresAt: key.expiresAt?.toISOString() ?? null,
      }
    );
  }
}

function prepare(statements: Statements) {
  return statements
    .select()
    .from(apiKeys)
    .where(and(eq(apiKeys.apiKeyHash, sql.placeholder('sha256')), eq(apiKeys.isActive, true)))
    .prepare('api_key');
}
