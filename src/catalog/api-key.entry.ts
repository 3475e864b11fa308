import { defineEntry } from '@chaincache/cache';

/** What is known of an API key by its SHA-256; the key itself is never kept. */
export interface ApiKeyRecord {
  readonly id: string;
  /** What it was found by, so that whoever uses it can see that it is not another key's. */
  readonly sha256: string;
  readonly wallet: string;
  readonly scopes: readonly string[];
  /** ISO 8601, or null: it does not expire. */
  readonly expiresAt: string | null;
}

/** Revoked means refused on every instance at once: never in L1, never past its life. Invalidated by its key. */
export const apiKey = defineEntry<ApiKeyRecord>()('API key', 'api:key:{sha256}', {
  fresh: '3600s',
  staleness: 0,
  sensitive: true,
});
