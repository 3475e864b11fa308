import { z } from 'zod';
import { isScope, SCOPES } from '../auth/index.js';
import type { ApiKeyRow } from './api-keys.service.js';

/** An API key as its owner sees it; the key itself is not part of it. Times are ISO 8601. */
export const apiKeyAnswer = z.object({
  id: z.string(),
  walletAddress: z.string(),
  name: z.string().nullable(),
  scopes: z.array(z.enum(SCOPES)),
  active: z.boolean().describe('Neither revoked nor expired'),
  createdAt: z.string(),
  expiresAt: z.string().nullable().describe('Null: it does not expire'),
  lastUsed: z.string().nullable().describe('To the minute; null: never'),
});

export const createdKeyAnswer = apiKeyAnswer.extend({ key: z.string().describe('Shown this once') });
export const apiKeysAnswer = z.object({ apiKeys: z.array(apiKeyAnswer) });

export type ApiKeyView = Readonly<z.output<typeof apiKeyAnswer>>;

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
