import type { Database } from '../../database/database.js';

/** Invalidations that wait to be applied. */
export interface OutboxBacklog {
  readonly pending: number;
  /** 0 when nothing waits. */
  readonly oldestAgeMs: number;
}

const BACKLOG = `
  SELECT count(*)::int AS pending,
    coalesce(extract(epoch FROM clock_timestamp() - min(created_at)) * 1000, 0)::float8 AS oldest_ms
  FROM chaincache.cache_outbox WHERE applied_at IS NULL`;

/** Reads the backlog from where all instances put it. */
export function outboxBacklogOf(database: Database): () => Promise<OutboxBacklog> {
  const read = database.prepared<{ readonly pending: number; readonly oldest_ms: number }>('outbox_backlog', BACKLOG);
  return async () => {
    const [row] = await read();
    return { pending: row?.pending ?? 0, oldestAgeMs: Math.max(0, row?.oldest_ms ?? 0) };
  };
}
