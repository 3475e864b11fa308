import { Pool, type PoolClient } from 'pg';
import type { InvalidationMessage, Outbox, OutboxRow } from '@chaincache/cache';

/** The real source: numbered versions in PostgreSQL, with the outbox in the same transactions. */
export class Source {
  private readonly pool: Pool;

  constructor(databaseUrl: string) {
    this.pool = new Pool({ connectionString: databaseUrl, max: 8 });
    // A server that goes away breaks idle connections too; the query that needs one reports it.
    this.pool.on('error', () => {});
  }

  async prepare(wallets: number): Promise<void> {
    await this.pool.query(`
      CREATE TABLE source (wallet int PRIMARY KEY, version bigint NOT NULL);
      CREATE TABLE outbox (
        id bigserial PRIMARY KEY, tags text[] NOT NULL, keys text[] NOT NULL,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(), applied_at timestamptz);
      CREATE INDEX outbox_pending ON outbox (id) WHERE applied_at IS NULL;
    `);
    await this.pool.query('INSERT INTO source SELECT wallet, 1 FROM generate_series(0, $1 - 1) AS wallet', [wallets]);
  }

  async read(wallet: number): Promise<number> {
    const { rows } = await this.pool.query<{ version: string }>('SELECT version FROM source WHERE wallet = $1', [
      wallet,
    ]);
    return Number(rows[0]!.version);
  }

  async readMany(wallets: readonly number[]): Promise<number[]> {
    const { rows } = await this.pool.query<{ wallet: number; version: string }>(
      'SELECT wallet, version FROM source WHERE wallet = ANY($1)',
      [wallets],
    );
    const versions = new Map(rows.map((row) => [row.wallet, Number(row.version)]));
    return wallets.map((wallet) => versions.get(wallet)!);
  }

  /** The next version and its outbox row in one transaction; committed only if `commit`. */
  async raise(
    wallet: number,
    messageOf: (version: number) => InvalidationMessage,
    commit: boolean,
  ): Promise<{ version: number; rowId: string }> {
    const client: PoolClient = await this.pool.connect();
    try {
      await client.query('BEGIN');
      const raised = await client.query<{ version: string }>(
        'UPDATE source SET version = version + 1 WHERE wallet = $1 RETURNING version',
        [wallet],
      );
      const version = Number(raised.rows[0]!.version);
      const { tags, keys } = messageOf(version);
      const row = await client.query<{ id: string }>('INSERT INTO outbox (tags, keys) VALUES ($1, $2) RETURNING id', [
        tags,
        keys,
      ]);
      await client.query(commit ? 'COMMIT' : 'ROLLBACK');
      return { version, rowId: row.rows[0]!.id };
    } finally {
      client.release();
    }
  }

  async pendingCount(): Promise<number> {
    const { rows } = await this.pool.query<{ count: string }>('SELECT count(*) FROM outbox WHERE applied_at IS NULL');
    return Number(rows[0]!.count);
  }

  outbox(): Outbox {
    const toRow = (row: { id: string; tags: string[]; keys: string[]; age_ms: string }): OutboxRow => ({
      id: row.id,
      message: { tags: row.tags, keys: row.keys },
      ageMs: Number(row.age_ms),
    });
    const select =
      'SELECT id, tags, keys, extract(epoch FROM clock_timestamp() - created_at) * 1000 AS age_ms FROM outbox';
    return {
      add: async ({ tags, keys }) => {
        await this.pool.query('INSERT INTO outbox (tags, keys) VALUES ($1, $2)', [tags, keys]);
      },
      pending: async (limit) =>
        (await this.pool.query(`${select} WHERE applied_at IS NULL ORDER BY id LIMIT $1`, [limit])).rows.map(toRow),
      markApplied: async (ids) => {
        await this.pool.query(
          'UPDATE outbox SET applied_at = clock_timestamp() WHERE id = ANY($1) AND applied_at IS NULL',
          [ids],
        );
      },
      recent: async () =>
        (await this.pool.query(`${select} WHERE applied_at > clock_timestamp() - interval '60 seconds'`)).rows.map(
          toRow,
        ),
      close: async () => {},
    };
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}
