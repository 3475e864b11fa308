import { fileURLToPath } from 'node:url';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import pg from 'pg';
import { connectionOptions } from './database.pool.js';

/** The same folder from the source and from what is compiled of it. */
const FOLDER = fileURLToPath(new URL('../../src/database/migrations', import.meta.url));
/** Names the lock among all that use the database: the first 8 bytes of SHA-256 of `chaincache.migrations`. */
const LOCK = '-5282420354891976494';

/**
 * Brings the schema up to date. Instances that start at once take turns; each migration is one transaction. A schema
 * that is ahead, as while a newer version is rolled out, is left alone.
 * @throws what the database says, with the name of the migration
 */
export async function migrate(url: string): Promise<void> {
  // Its own connection, without the timeouts of requests: a migration may take as long as it takes.
  const client = new pg.Client(connectionOptions(url));
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    await makeHistory(client);
    const { rows } = await client.query<{ made_at: string }>('SELECT made_at FROM chaincache.migrations');
    const applied = new Set(rows.map((row) => Number(row.made_at)));
    for (const migration of readMigrationFiles({ migrationsFolder: FOLDER })) {
      if (!applied.has(migration.folderMillis)) await apply(client, migration);
    }
  } finally {
    // Ends the session, and the lock with it.
    await client.end();
  }
}

/** Where a schema of that name exists, the right to make one is not asked for: an administrator may have made it. */
async function makeHistory(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ exists: boolean }>(
    `SELECT to_regnamespace('chaincache') IS NOT NULL AS exists`,
  );
  if (!rows[0]!.exists) await client.query('CREATE SCHEMA chaincache');
  await client.query(
    `CREATE TABLE IF NOT EXISTS chaincache.migrations (
       made_at bigint PRIMARY KEY, hash text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`,
  );
}

async function apply(client: pg.Client, migration: ReturnType<typeof readMigrationFiles>[number]): Promise<void> {
  await client.query('BEGIN');
  try {
    for (const statement of migration.sql) await client.query(statement);
    await client.query('INSERT INTO chaincache.migrations (made_at, hash) VALUES ($1, $2)', [
      migration.folderMillis,
      migration.hash,
    ]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`the migration of ${new Date(migration.folderMillis).toISOString()} failed: ${reason}`, {
      cause: error,
    });
  }
}
