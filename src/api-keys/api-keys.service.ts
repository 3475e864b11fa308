import { Injectable } from '@nestjs/common';
import { and, count, desc, eq, gt, isNull, or, sql } from 'drizzle-orm';
import type { Scope } from '../auth/index.js';
import { ApiKeyCreated } from '../catalog/events/api-key-created.event.js';
import { ApiKeyRevoked } from '../catalog/events/api-key-revoked.event.js';
import { settle } from '../catalog/events/domain.event.js';
import { apiKeys } from '../database/database.tables.js';
import { Database, type Statements } from '../database/database.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { newKey, sha256Of } from './api-key.secret.js';
import { UnknownKeys } from './unknown.keys.js';

export const MAX_ACTIVE_KEYS = 10;
/** The newest ones. */
const MAX_LISTED = 100;

export type ApiKeyRow = typeof apiKeys.$inferSelect;

export interface NewApiKey {
  /** In key form. */
  readonly wallet: string;
  readonly name: string | null;
  readonly scopes: readonly Scope[];
  /** Null: it does not expire. */
  readonly expiresDays: number | null;
}

/** Makes, lists and revokes API keys. What becomes invalid by it, triggers leave in the outbox. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly unknown: UnknownKeys,
  ) {}

  /** @returns the key, here and never again; null when the wallet has 10 active ones already @throws SourceError */
  async create(wanted: NewApiKey): Promise<{ readonly key: string; readonly row: ApiKeyRow } | null> {
    const key = newKey();
    const sha256 = sha256Of(key);
    const row = await this.unitOfWork.run((statements) => insert(statements, sha256, wanted), {
      apply: 'through',
      events: (created) => (created === null ? [] : [settle(new ApiKeyCreated(sha256))]),
    });
    if (row === null) return null;
    this.unknown.forget(sha256);
    return { key, row };
  }

  /** @param wallet in key form @throws SourceError */
  list(wallet: string): Promise<ApiKeyRow[]> {
    return this.database.read((statements) =>
      statements
        .select()
        .from(apiKeys)
        .where(eq(apiKeys.walletAddress, wallet))
        .orderBy(desc(apiKeys.createdAt))
        .limit(MAX_LISTED),
    );
  }

  /**
   * Resolves once no instance takes the key any more. Revoking twice is revoking once.
   * @param wallet whose key it has to be, in key form; null: anybody's
   * @returns undefined where there is no such key @throws SourceError
   */
  revoke(id: string, wallet: string | null): Promise<ApiKeyRow | undefined> {
    const its = wallet === null ? eq(apiKeys.id, id) : and(eq(apiKeys.id, id), eq(apiKeys.walletAddress, wallet));
    return this.unitOfWork.run(
      async (statements) => {
        const [row] = await statements.update(apiKeys).set({ isActive: false }).where(its).returning();
        return row;
      },
      { apply: 'through', events: (row) => (row ? [settle(new ApiKeyRevoked(row.apiKeyHash))] : []) },
    );
  }
}

async function insert(statements: Statements, sha256: string, wanted: NewApiKey): Promise<ApiKeyRow | null> {
  const { wallet, name, scopes, expiresDays } = wanted;
  // Whoever makes a key for the same wallet waits here, and then counts this one too.
  await statements.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended(${`api-keys:${wallet}`}, 0))`);
  const unexpired = or(isNull(apiKeys.expiresAt), gt(apiKeys.expiresAt, sql`now()`));
  const [active] = await statements
    .select({ keys: count() })
    .from(apiKeys)
    .where(and(eq(apiKeys.walletAddress, wallet), eq(apiKeys.isActive, true), unexpired));
  if (active!.keys >= MAX_ACTIVE_KEYS) return null;
  const [row] = await statements
    .insert(apiKeys)
    .values({
      apiKeyHash: sha256,
      walletAddress: wallet,
      name,
      scopes: [...scopes],
      expiresAt: expiresDays === null ? null : sql`now() + make_interval(days => ${expiresDays}::int)`,
    })
    .returning();
  return row!;
}
