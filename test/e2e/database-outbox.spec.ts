import pg from 'pg';
import { describeOutboxContract } from '@chaincache/cache/testing';
import { migrate } from '../../src/database/migration.runner.js';
import { OutboxListener } from '../../src/database/outbox.listener.js';
import { PostgresOutbox } from '../../src/database/postgres.outbox.js';
import { databaseForSpec } from './database-for-spec.js';

let url: string;
let psql: pg.Client;

beforeAll(async () => {
  url = await databaseForSpec();
  await migrate(url);
  psql = new pg.Client(url);
  await psql.connect();
}, 30_000);

afterAll(() => psql?.end());

beforeEach(() => psql.query('TRUNCATE chaincache.cache_outbox'));

const open = (): PostgresOutbox => new PostgresOutbox(new pg.Pool({ connectionString: url, max: 2 }));

describeOutboxContract('PostgresOutbox', async () => {
  await psql.query('TRUNCATE chaincache.cache_outbox');
  const outbox = open();
  return {
    outbox,
    advance: async (durationMs) => void (await psql.query('SELECT pg_sleep($1)', [durationMs / 1_000])),
    close: () => outbox.close(),
  };
});

describe('PostgresOutbox', () => {
  let outbox: PostgresOutbox;

  beforeEach(() => {
    outbox = open();
  });

  afterEach(() => outbox.close());

  const tagsOf = async (limit = 100): Promise<string[]> =>
    (await outbox.pending(limit)).flatMap(({ message }) => message.tags);

  it('finds a row that was committed after younger ones were applied', async () => {
    const late = new pg.Client(url);
    await late.connect();
    await late.query('BEGIN');
    await late.query(`INSERT INTO chaincache.cache_outbox (tags) VALUES ('{late}')`);
    await outbox.add({ tags: ['early'], keys: [] });
    const [early] = await outbox.pending(10);
    expect(early!.message.tags).toEqual(['early']);
    await outbox.markApplied([early!.id]);
    await late.query('COMMIT');
    await late.end();
    expect(await tagsOf()).toEqual(['late']);
  });

  it('waits for no other instance that is marking the same rows', async () => {
    for (const tag of ['a', 'b']) await outbox.add({ tags: [tag], keys: [] });
    const ids = (await outbox.pending(10)).map(({ id }) => id);
    const other = new pg.Client(url);
    await other.connect();
    await other.query('BEGIN');
    await other.query('UPDATE chaincache.cache_outbox SET applied_at = now() WHERE id = $1', [ids[0]]);
    await outbox.markApplied(ids);
    expect(await tagsOf()).toEqual(['a']);
    await other.query('ROLLBACK');
    await other.end();
    await outbox.markApplied(ids);
    expect(await tagsOf()).toEqual([]);
  });

  it('gives back no more names at once than one command to the store should carry', async () => {
    await psql.query(
      `INSERT INTO chaincache.cache_outbox (tags)
       SELECT array_agg(n || ':' || m) FROM generate_series(1, 30) AS n, generate_series(1, 500) AS m GROUP BY n`,
    );
    const first = await outbox.pending(500);
    expect(first.flatMap(({ message }) => message.tags)).toHaveLength(5_000);
    let total = 0;
    for (let rows = first; rows.length > 0; rows = await outbox.pending(500)) {
      total += rows.flatMap(({ message }) => message.tags).length;
      await outbox.markApplied(rows.map(({ id }) => id));
    }
    expect(total).toBe(15_000);
  });

  it('gives back a row that alone has more names than that', async () => {
    await outbox.add({ tags: Array.from({ length: 6_000 }, (_, index) => `t${index}`), keys: [] });
    expect(await tagsOf()).toHaveLength(6_000);
  });

  it('forgets what was applied over a minute ago, and only that', async () => {
    for (const tag of ['old', 'lately', 'pending']) await outbox.add({ tags: [tag], keys: [] });
    const rows = await outbox.pending(10);
    await outbox.markApplied([rows[0]!.id, rows[1]!.id]);
    await psql.query(`UPDATE chaincache.cache_outbox SET applied_at = now() - interval '61 s' WHERE id = $1`, [
      rows[0]!.id,
    ]);
    expect((await outbox.recent()).map(({ message }) => message.tags)).toEqual([['lately']]);
    const stored = async (): Promise<number> => (await psql.query('SELECT 1 FROM chaincache.cache_outbox')).rowCount!;
    expect(await stored()).toBe(3);
    jest.spyOn(performance, 'now').mockReturnValue(performance.now() + 11_000);
    expect(await tagsOf()).toEqual(['pending']);
    jest.restoreAllMocks();
    expect(await stored()).toBe(2);
  });

  it('may be closed twice', async () => {
    await outbox.close();
    await outbox.close();
  });
});

describe('OutboxListener', () => {
  it('hears of a commit, of many at once as one, and again after its connection was lost', async () => {
    let wakes = 0;
    let heard = (): void => undefined;
    const next = () => new Promise<void>((resolve) => (heard = resolve));
    const listener = new OutboxListener(url, () => {
      wakes += 1;
      heard();
    });
    let waking = next();
    await listener.start();
    // What was committed before it listened.
    await waking;

    waking = next();
    await psql.query('BEGIN');
    for (let count = 0; count < 50; count += 1) {
      await psql.query(`INSERT INTO chaincache.cache_outbox (tags) VALUES ('{a}')`);
    }
    expect(wakes).toBe(1);
    await psql.query('COMMIT');
    await waking;
    expect(wakes).toBe(2);

    waking = next();
    await psql.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()`,
    );
    await waking;
    waking = next();
    await psql.query(`INSERT INTO chaincache.cache_outbox (tags) VALUES ('{b}')`);
    await waking;
    await listener.stop();
  });
});
