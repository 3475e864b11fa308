import type { PoolClient, QueryResult } from 'pg';

/** An outbox row that the committing transaction wrote itself. */
export interface OwnRow {
  readonly id: string;
  readonly tags: readonly string[];
  readonly keys: readonly string[];
  /** bigint as text, or null. */
  readonly min_height: string | null;
}

/** One round trip. A transaction that wrote nothing has no id, and then nothing compares equal. */
const OWN_ROWS_AND_COMMIT = `
  SELECT id::text, tags, keys, min_height::text FROM chaincache.cache_outbox
  WHERE applied_at IS NULL AND transaction_id = pg_current_xact_id_if_assigned()::text
  ORDER BY id;
  COMMIT`;

/**
 * Commits the transaction that is open, and tells what it left in the outbox.
 * @throws what the database says, also when an error within the transaction was caught and kept quiet
 */
export async function commitWithOwnRows(client: PoolClient): Promise<readonly OwnRow[]> {
  // Several statements in one text give several results, which the driver's types do not know.
  const [own] = (await client.query(OWN_ROWS_AND_COMMIT)) as unknown as [QueryResult<OwnRow>, QueryResult];
  return own.rows;
}
