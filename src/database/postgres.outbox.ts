import type { InvalidationMessage, Outbox, OutboxRow } from '@chaincache/cache';
import type { Pool } from 'pg';

/** An identity change of the store may undo what was applied this long before. */
const RECENT_SECONDS = 60;
/** How often applied rows that nobody needs any more are removed, and how many at once. */
const CLEAN_EVERY_MS = 10_000;
const CLEAN_BATCH = 5_000;
/** Names that one look gives back at most: they travel to the store as one command. */
const MAX_NAMES = 5_000;

interface Row {
  readonly id: string;
  readonly tags: string[];
  readonly keys: string[];
  readonly min_height: string | null;
  readonly age_ms: number;
}

/**
 * The outbox in PostgreSQL, beside the tables whose triggers write it. What is pending is found by being unmarked,
 * never by an id beyond the last one seen: ids are given out before commits, so a smaller one may appear later.
 *
 * Any number of instances may use it at once: each applies what it finds, and applying twice is harmless.
 */
export class PostgresOutbox implements Outbox {
  private cleanedAt = performance.now();
  private closing: Promise<void> | undefined;

  /** @param pool of its own: `close` ends it */
  constructor(private readonly pool: Pool) {}

  async add(message: InvalidationMessage): Promise<void> {
    await this.pool.query({
      name: 'outbox_add',
      text: 'INSERT INTO chaincache.cache_outbox (tags, keys, min_height) VALUES ($1, $2, $3)',
      values: [message.tags, message.keys, message.minHeight ?? null],
    });
  }

  async pending(limit: number): Promise<readonly OutboxRow[]> {
    const { rows } = await this.pool.query<Row>({
      name: 'outbox_pending',
      text: `SELECT id, tags, keys, min_height, age_ms FROM (
               SELECT id, tags, keys, min_height,
                 (extract(epoch FROM clock_timestamp() - created_at) * 1000)::float8 AS age_ms,
                 sum(cardinality(tags) + cardinality(keys)) OVER (ORDER BY id) - cardinality(tags) - cardinality(keys) AS before
               FROM (SELECT * FROM chaincache.cache_outbox WHERE applied_at IS NULL ORDER BY id LIMIT $1) AS oldest
             ) AS counted
             WHERE before < $2 ORDER BY counted.id`,
      values: [limit, MAX_NAMES],
    });
    await this.clean();
    return rows.map(toOutboxRow);
  }

  async markApplied(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    // A row that is locked is being marked by another instance; waiting for it in another order could be a deadlock.
    await this.pool.query({
      name: 'outbox_mark_applied',
      text: `UPDATE chaincache.cache_outbox SET applied_at = clock_timestamp() WHERE id IN (
               SELECT id FROM chaincache.cache_outbox
               WHERE id = ANY($1::bigint[]) AND applied_at IS NULL FOR UPDATE SKIP LOCKED)`,
      values: [ids],
    });
  }

  async recent(): Promise<readonly OutboxRow[]> {
    const { rows } = await this.pool.query<Row>({
      name: 'outbox_recent',
      text: `SELECT id, tags, keys, min_height,
               (extract(epoch FROM clock_timestamp() - created_at) * 1000)::float8 AS age_ms
             FROM chaincache.cache_outbox
             WHERE applied_at > clock_timestamp() - make_interval(secs => $1) ORDER BY id`,
      values: [RECENT_SECONDS],
    });
    return rows.map(toOutboxRow);
  }

  /** Idempotent. */
  close(): Promise<void> {
    this.closing ??= this.pool.end();
    return this.closing;
  }

  private async clean(): Promise<void> {
    const now = performance.now();
    if (now - this.cleanedAt < CLEAN_EVERY_MS) return;
    this.cleanedAt = now;
    await this.pool.query({
      name: 'outbox_clean',
      text: `DELETE FROM chaincache.cache_outbox WHERE id IN (
               SELECT id FROM chaincache.cache_outbox
               WHERE applied_at < clock_timestamp() - make_interval(secs => $1) LIMIT $2 FOR UPDATE SKIP LOCKED)`,
      values: [RECENT_SECONDS, CLEAN_BATCH],
    });
  }
}

function toOutboxRow({ id, tags, keys, min_height, age_ms }: Row): OutboxRow {
  const message = min_height === null ? { tags, keys } : { tags, keys, minHeight: Number(min_height) };
  return { id, message, ageMs: age_ms };
}
