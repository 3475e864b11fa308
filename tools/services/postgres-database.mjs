import { randomBytes } from 'node:crypto';

/** Makes an empty database on a server and gives its URL, so that suites share the server and nothing else. */
export async function createDatabase(serverUrl) {
  const name = `test_${randomBytes(8).toString('hex')}`;
  await query(serverUrl, `CREATE DATABASE ${name}`);
  return withDatabase(serverUrl, name);
}

/** Removes a database that `createDatabase` made, and ends the sessions in it. */
export async function dropDatabase(databaseUrl) {
  const name = new URL(databaseUrl).pathname.slice(1);
  if (!/^test_[0-9a-f]{16}$/.test(name)) throw new Error(`${name} was not made by createDatabase: it is not dropped.`);
  await query(withDatabase(databaseUrl, 'postgres'), `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
}

function withDatabase(serverUrl, name) {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

async function query(url, statement) {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
