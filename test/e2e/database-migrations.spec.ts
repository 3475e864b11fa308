import pg from 'pg';
import { createServer } from 'node:net';
import { configuredServer } from '../../src/database/database.server.js';
import { migrate } from '../../src/database/migration.runner.js';
import { createDatabase, dropDatabase, sharedDatabaseUrl } from '../support/services.js';

describe('migrations', () => {
  let url: string;
  let psql: pg.Client;

  beforeEach(async () => {
    url = await createDatabase(sharedDatabaseUrl());
    psql = new pg.Client(url);
    await psql.connect();
  });

  afterEach(async () => {
    await psql.end();
    await dropDatabase(url);
  });

  const applied = async (): Promise<unknown[]> =>
    (await psql.query('SELECT made_at, hash FROM chaincache.migrations ORDER BY made_at')).rows;

  it('are applied once by instances that start at the same moment', async () => {
    await Promise.all(Array.from({ length: 6 }, () => migrate(url)));
    const first = await applied();
    expect(first.length).toBeGreaterThan(1);
    await migrate(url);
    expect(await applied()).toEqual(first);
    await psql.query(`INSERT INTO chaincache.users VALUES ('a')`);
    expect((await psql.query('SELECT tags FROM chaincache.cache_outbox')).rows).toEqual([{ tags: ['user:a'] }]);
  }, 20_000);

  it('touch nothing outside of their schema', async () => {
    await psql.query('CREATE TABLE users (wallet_address text PRIMARY KEY, credits float)');
    await migrate(url);
    const { rows } = await psql.query(`SELECT tablename FROM pg_tables WHERE schemaname = 'public'`);
    expect(rows).toEqual([{ tablename: 'users' }]);
    const others = await psql.query(
      `SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%' AND nspname NOT IN ('information_schema', 'public')`,
    );
    expect(others.rows).toEqual([{ nspname: 'chaincache' }]);
  });

  it('need no right to make a schema where an administrator made it', async () => {
    const role = `app_${process.pid}_${Date.now()}`;
    await psql.query(`CREATE ROLE ${role} LOGIN PASSWORD 'p'`);
    await psql.query(`CREATE SCHEMA chaincache AUTHORIZATION ${role}`);
    const own = new URL(url);
    own.username = role;
    own.password = 'p';
    await migrate(own.href);
    expect((await applied()).length).toBeGreaterThan(1);
    await psql.query(`DROP OWNED BY ${role} CASCADE`);
    await psql.query(`DROP ROLE ${role}`);
  });

  it('say which of them failed, and leave nothing half done', async () => {
    await psql.query('CREATE SCHEMA chaincache');
    await psql.query('CREATE TABLE chaincache.users (wallet_address int)');
    await expect(migrate(url)).rejects.toThrow(/the migration of 20.* failed: relation "users" already exists/);
    const { rows } = await psql.query(`SELECT tablename FROM pg_tables WHERE schemaname = 'chaincache' ORDER BY 1`);
    expect(rows).toEqual([{ tablename: 'migrations' }, { tablename: 'users' }]);
  });
});

describe('a configured database', () => {
  it('that will never take us stops the start at once, without its password in the message', async () => {
    const wrong = new URL(sharedDatabaseUrl());
    wrong.password = 'not-the-password';
    const refusal = configuredServer(wrong.href);
    await expect(refusal).rejects.toThrow(
      /^DATABASE_URL names a database that cannot be used: password authentication/,
    );
    await expect(refusal).rejects.not.toThrow('not-the-password');
    const absent = new URL(sharedDatabaseUrl());
    absent.pathname = '/nowhere';
    await expect(configuredServer(absent.href)).rejects.toThrow('"nowhere" does not exist');
  });

  it('that is still starting is waited for, but not for ever', async () => {
    await expect(configuredServer('postgres://u:p@127.0.0.1:9/x', 600)).rejects.toThrow('ECONNREFUSED');
    const late = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => late.listen(0, '127.0.0.1', resolve));
    const { port } = late.address() as { port: number };
    await expect(configuredServer(`postgres://u:p@127.0.0.1:${port}/x`, 600)).rejects.toThrow('DATABASE_URL');
    await new Promise((resolve) => late.close(resolve));
  });
});
