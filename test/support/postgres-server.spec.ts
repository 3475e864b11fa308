import { existsSync } from 'node:fs';
import pg from 'pg';
import { createDatabase, dropDatabase, sharedDatabaseUrl, startPostgres, type TestPostgres } from './services.js';

jest.setTimeout(60_000);

async function query(url: string, statement: string, timeoutMs = 10_000): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url, query_timeout: timeoutMs, connectionTimeoutMillis: timeoutMs });
  // A server that dies breaks the idle connection as well; the query tells of it.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

describe('a PostgreSQL of one’s own', () => {
  let postgres: TestPostgres;
  beforeAll(async () => {
    postgres = await startPostgres({ settings: { max_connections: 20 } });
  });
  afterAll(() => postgres.stop());

  it('runs with the settings it was given, as nobody but the superuser of its URL', async () => {
    expect(await query(postgres.url, 'SHOW max_connections')).toEqual([{ max_connections: '20' }]);
    const url = new URL(postgres.url);
    url.password = 'wrong';
    await expect(query(url.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
  });

  it('keeps what was committed when it is killed and comes back', async () => {
    await query(postgres.url, 'CREATE TABLE kept AS SELECT 7 AS value');
    postgres.signal('SIGKILL');
    await postgres.restart();
    expect(await query(postgres.url, 'SELECT value FROM kept')).toEqual([{ value: 7 }]);
  });

  it('answers nothing while it is frozen, not even in sessions that stand', async () => {
    const client = new pg.Client({ connectionString: postgres.url, query_timeout: 200 });
    await client.connect();
    await client.query('SELECT 1');
    postgres.signal('SIGSTOP');
    await expect(client.query('SELECT 1')).rejects.toThrow('timeout');
    postgres.signal('SIGCONT');
    await client.end();
    expect(await query(postgres.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('is gone after a stop, with its directory', async () => {
    const other = await startPostgres();
    other.signal('SIGSTOP');
    await other.stop();
    expect(existsSync(other.dir)).toBe(false);
    await expect(query(other.url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
  });
});

describe('databases in the shared PostgreSQL', () => {
  it('know nothing of each other, and go when dropped', async () => {
    const [one, other] = await Promise.all([createDatabase(sharedDatabaseUrl()), createDatabase(sharedDatabaseUrl())]);
    await query(one, 'CREATE TABLE mine (id int)');
    await expect(query(other, 'SELECT * FROM mine')).rejects.toThrow('does not exist');
    await Promise.all([dropDatabase(one), dropDatabase(other)]);
    await expect(query(one, 'SELECT 1')).rejects.toThrow('does not exist');
  });

  it('are the only ones that can be dropped', async () => {
    await expect(dropDatabase(sharedDatabaseUrl())).rejects.toThrow('not made by createDatabase');
  });
});
