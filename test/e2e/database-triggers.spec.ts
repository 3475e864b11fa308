import pg from 'pg';
import { apiKey } from '../../src/catalog/api-key.entry.js';
import { CHAIN_TAG, minerTag, userTag } from '../../src/catalog/tags.js';
import { migrate } from '../../src/database/migration.runner.js';
import { databaseForSpec } from './database-for-spec.js';

interface Row {
  readonly tags: readonly string[];
  readonly keys: readonly string[];
}

/** Whoever writes, with whatever statement: the outbox says what became invalid. */
describe('the triggers', () => {
  let psql: pg.Client;

  beforeAll(async () => {
    const url = await databaseForSpec();
    await migrate(url);
    psql = new pg.Client(url);
    await psql.connect();
  }, 30_000);

  afterAll(() => psql?.end());

  beforeEach(async () => {
    await psql.query('TRUNCATE chaincache.users, chaincache.api_keys CASCADE');
    await psql.query('TRUNCATE chaincache.cache_outbox');
  });

  /** What a statement leaves in the outbox. */
  async function leaves(statement: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    await psql.query('TRUNCATE chaincache.cache_outbox');
    await psql.query(statement, [...values]);
    const { rows } = await psql.query<Row>('SELECT tags, keys FROM chaincache.cache_outbox ORDER BY id');
    return rows.map(({ tags, keys }) => ({ tags: [...tags].sort((a, b) => a.localeCompare(b)), keys }));
  }

  const tagged = (...tags: string[]): Row[] => [{ tags, keys: [] }];

  it('say whose user record was made, changed or removed', async () => {
    expect(await leaves(`INSERT INTO chaincache.users VALUES ('a'), ('b')`)).toEqual(
      tagged(userTag('a'), userTag('b')),
    );
    expect(await leaves(`UPDATE chaincache.users SET credits = 5 WHERE wallet_address = 'a'`)).toEqual(
      tagged(userTag('a')),
    );
    expect(await leaves(`UPDATE chaincache.users SET wallet_address = 'c' WHERE wallet_address = 'b'`)).toEqual(
      tagged(userTag('b'), userTag('c')),
    );
    expect(await leaves(`DELETE FROM chaincache.users WHERE wallet_address = 'a'`)).toEqual(tagged(userTag('a')));
  });

  it('say nothing where nothing changed', async () => {
    await psql.query(`INSERT INTO chaincache.users VALUES ('a'), ('b')`);
    expect(await leaves(`UPDATE chaincache.users SET credits = credits`)).toEqual([]);
    expect(await leaves(`UPDATE chaincache.users SET credits = 1 WHERE wallet_address = 'nobody'`)).toEqual([]);
    expect(await leaves(`UPDATE chaincache.users SET credits = (wallet_address = 'b')::int`)).toEqual(
      tagged(userTag('b')),
    );
    expect(await leaves(`INSERT INTO chaincache.users VALUES ('a') ON CONFLICT DO NOTHING`)).toEqual([]);
    expect(await leaves(`DELETE FROM chaincache.users WHERE wallet_address = 'nobody'`)).toEqual([]);
  });

  it('see what an upsert, a merge and a cascade do', async () => {
    await psql.query(`INSERT INTO chaincache.users VALUES ('a'), ('b')`);
    const upsert = `INSERT INTO chaincache.users (wallet_address, credits) VALUES ('a', 1)
      ON CONFLICT (wallet_address) DO UPDATE SET credits = excluded.credits`;
    expect(await leaves(upsert)).toEqual(tagged(userTag('a')));
    const merge = `MERGE INTO chaincache.users AS u USING (VALUES ('b'), ('c')) AS given (wallet) ON wallet = wallet_address
      WHEN MATCHED THEN UPDATE SET credits = 7 WHEN NOT MATCHED THEN INSERT (wallet_address) VALUES (wallet)`;
    expect((await leaves(merge)).flatMap(({ tags }) => tags).sort((a, b) => a.localeCompare(b))).toEqual([
      userTag('b'),
      userTag('c'),
    ]);
    await psql.query(`INSERT INTO chaincache.earnings_history (wallet_address, earnings) VALUES ('a', 1)`);
    const cascade = await leaves(`DELETE FROM chaincache.users WHERE wallet_address = 'a'`);
    expect(cascade.flatMap(({ tags }) => tags).sort((a, b) => a.localeCompare(b))).toEqual([
      minerTag('a'),
      userTag('a'),
    ]);
  });

  it.each([
    [
      'mining_stats',
      '(wallet_address, hashrate, gpu_temperature, blocks_found, uptime_percentage, network_difficulty)',
      '1, 1, 1, 1, 1',
    ],
    ['earnings_history', '(wallet_address, earnings)', '1'],
    ['hashrate_history', '(wallet_address, hashrate)', '1'],
  ])('say whose %s changed', async (table, columns, figures) => {
    await psql.query(`INSERT INTO chaincache.users VALUES ('a'), ('b')`);
    const insert = `INSERT INTO chaincache.${table} ${columns} VALUES ('a', ${figures}), ('a', ${figures}), ('b', ${figures})`;
    expect(await leaves(insert)).toEqual(tagged(minerTag('a'), minerTag('b')));
    const update = `UPDATE chaincache.${table} SET recorded_at = now() - interval '1 day' WHERE wallet_address = 'a'`;
    expect(await leaves(update)).toEqual(tagged(minerTag('a')));
    expect(await leaves(`DELETE FROM chaincache.${table}`)).toEqual(tagged(minerTag('a'), minerTag('b')));
  });

  it.each([
    ['blockchain_events', `(event_type, block_height) VALUES ('x', 1)`, 'block_height = 2'],
    [
      'network_snapshots',
      `(block_height, snapshot_date, total_miners, total_validators, total_stake, total_gradients, total_aggregations,
        network_hashrate) VALUES (1, now(), 1, 1, 1, 1, 1, 1)`,
      'block_height = 2',
    ],
  ])('say that the chain changed with %s', async (table, values, change) => {
    expect(await leaves(`INSERT INTO chaincache.${table} ${values}`)).toEqual(tagged(CHAIN_TAG));
    expect(await leaves(`UPDATE chaincache.${table} SET ${change}`)).toEqual(tagged(CHAIN_TAG));
    expect(await leaves(`DELETE FROM chaincache.${table}`)).toEqual(tagged(CHAIN_TAG));
  });

  it('name the key of an API key that opens other doors than before', async () => {
    const sha256 = 'ab'.repeat(32);
    const { key } = apiKey.ref({ sha256 });
    const keyed: Row[] = [{ tags: [], keys: [key] }];
    const insert = 'INSERT INTO chaincache.api_keys (api_key_hash, wallet_address) VALUES ($1, $2)';
    expect(await leaves(insert, [sha256, 'a'])).toEqual(keyed);
    expect(await leaves('UPDATE chaincache.api_keys SET is_active = false')).toEqual(keyed);
    expect(await leaves(`UPDATE chaincache.api_keys SET scopes = '{x}'`)).toEqual(keyed);
    expect(await leaves('UPDATE chaincache.api_keys SET expires_at = now()')).toEqual(keyed);
    expect(await leaves(`UPDATE chaincache.api_keys SET last_used = now(), name = 'mine'`)).toEqual([]);
    expect(await leaves('DELETE FROM chaincache.api_keys')).toEqual(keyed);
  });

  it('leave few rows for a statement that changes many', async () => {
    const many = `INSERT INTO chaincache.users SELECT 'w' || n FROM generate_series(1, 1200) AS n`;
    const rows = await leaves(many);
    expect(rows.map(({ tags }) => tags.length)).toEqual([500, 500, 200]);
    expect(new Set(rows.flatMap(({ tags }) => tags)).size).toBe(1_200);
    const most = await leaves(`INSERT INTO chaincache.users SELECT 'x' || n FROM generate_series(1, 20000) AS n`);
    expect(most).toEqual(tagged('*'));
    expect(await leaves('TRUNCATE chaincache.users CASCADE')).toContainEqual({ tags: ['*'], keys: [] });
  });

  it('leave nothing of a transaction that is rolled back', async () => {
    await psql.query('TRUNCATE chaincache.cache_outbox');
    await psql.query('BEGIN');
    await psql.query(`INSERT INTO chaincache.users VALUES ('a')`);
    await psql.query('ROLLBACK');
    expect((await psql.query('SELECT 1 FROM chaincache.cache_outbox')).rowCount).toBe(0);
  });

  it('work for somebody who may change a table and knows nothing of the outbox', async () => {
    const role = `writer_${process.pid}_${Date.now()}`;
    await psql.query(`CREATE ROLE ${role}`);
    await psql.query(`GRANT USAGE ON SCHEMA chaincache TO ${role}`);
    await psql.query(`GRANT INSERT ON chaincache.users TO ${role}`);
    await psql.query('TRUNCATE chaincache.cache_outbox');
    await psql.query(`SET ROLE ${role}`);
    try {
      await psql.query(`INSERT INTO chaincache.users VALUES ('r')`);
      await expect(psql.query('SELECT 1 FROM chaincache.cache_outbox')).rejects.toThrow('permission denied');
      await expect(psql.query(`SELECT chaincache.queue_invalidation('{x}', NULL)`)).rejects.toThrow(
        'permission denied',
      );
    } finally {
      await psql.query('RESET ROLE');
      await psql.query(`DROP OWNED BY ${role}`);
      await psql.query(`DROP ROLE ${role}`);
    }
    expect((await psql.query('SELECT tags FROM chaincache.cache_outbox')).rows).toEqual([{ tags: [userTag('r')] }]);
  });

  it('stand beside checks that make a negative credit impossible', async () => {
    await psql.query(`INSERT INTO chaincache.users VALUES ('a')`);
    await expect(psql.query('UPDATE chaincache.users SET credits = -1')).rejects.toThrow('users_credits_not_negative');
    const orphan = `INSERT INTO chaincache.earnings_history (wallet_address, earnings) VALUES ('nobody', 1)`;
    await expect(psql.query(orphan)).rejects.toThrow('foreign key');
  });
});
