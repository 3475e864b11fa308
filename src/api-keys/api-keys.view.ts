import { isScope, type Scope } from '../auth/index.js';
import type { ApiKeyRow } from './api-keys.service.js';

/** An API key as its owner sees it; the key itself is not part of it. Times are ISO 8601. */
export interface ApiKeyView {
  readonly id: string;
  readonly walletAddress: string;
  readonly name: string | null;
  readonly scopes: readonly Scope[];
  /** Neither revoked nor expired. */
  readonly active: boolean;
  readonly createdAt: string;
  /** Null: it does not expire. */
  readonly expiresAt: string | null;
  /** To the minute; null: never. */
  readonly lastUsed: string | null;
}

export function apiKeyView(row: ApiKeyRow): ApiKeyView {
  return {
    id: row.id,
    walletAddress: row.walletAddress,
    name: row.name,
    scopes: row.scopes.filter(isScope),
    active: row.isActive && (row.expiresAt === null || row.expiresAt.getTime() > Date.now()),
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt?.toISOString() ?? null,
    lastUsed: row.lastUsed?.toISOString() ?? null,
  };
}
