import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import pg from 'pg';
import { startRedis, type TestRedis } from '../support/services.js';
import { databaseForSpec } from './database-for-spec.js';
import { freshKey, freshWallet, type TestApi, startR3mesApi } from './r3mes-api.js';

/** A process that commits a change of credits and is gone before it can invalidate anything. */
const COMMITS_AND_DIES = `
  import { Database } from ${JSON.stringify(join(__dirname, '../../dist/database/database.js'))};
  import { createPools } from ${JSON.stringify(join(__dirname, '../../dist/database/database.pool.js'))};
  import { UnitOfWork } from ${JSON.stringify(join(__dirname, '../../dist/database/unit-of-work.js'))};
  const [url, wallet] = process.argv.slice(1);
  const dies = { apply: () => process.kill(process.pid, 'SIGKILL') };
  const unitOfWork = new UnitOfWork(new Database(createPools(url, () => undefined).requests), dies, { publish: () => undefined });
  await unitOfWork.run(
    (statements) => statements.execute("UPDATE chaincache.users SET credits = credits + 1 WHERE wallet_address = '" + wallet + "'"),
    { apply: 'through' },
  );
`;

describe('two instances on one Redis and one database', () => {
  let redis: TestRedis;
  let psql: pg.Client;
  let a: TestApi;
  let b: TestApi;

  beforeAll(async () => {
    redis = await startRedis();
    const environment = { REDIS_URL: redis.url };
    // One after the other would do too: the migrations see to it that they need not.
    [a, b] = await Promise.all([startR3mesApi(environment), startR3mesApi(environment)]);
    psql = new pg.Client(await databaseForSpec());
    await psql.connect();
    await both(usesRedis);
  }, 60_000);

  afterAll(async () => {
    await Promise.all([a?.close(), b?.close()]);
    await psql?.end();
    await redis?.stop();
  });

  const both = (check: (api: TestApi) => Promise<unknown>): Promise<unknown> => Promise.all([check(a), check(b)]);

  async function usesRedis(api: TestApi): Promise<void> {
    while ((await api.get('/health/ready')).body.status !== 'ok') await new Promise(setImmediate);
  }

  const creditsOn = async (api: TestApi, wallet: string): Promise<string> =>
    (await api.get(`/api/users/${wallet}/credits`).expect(200)).body.credits as string;
  const add = (api: TestApi, wallet: string, amount: string) =>
    api.send('post', `/api/users/${wallet}/credits/add`, { amount }, freshKey());

  /** Asks until the answer is the expected one; never longer than S of credits, a second, and what a loaded machine adds. */
  async function seesWithin(api: TestApi, wallet: string, credits: string, timeoutMs = 1_500): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    while ((await creditsOn(api, wallet)) !== credits) expect(performance.now()).toBeLessThan(deadline);
  }

  const register = async (): Promise<string> => {
    const wallet = freshWallet();
    await a.send('post', '/api/users', { walletAddress: wallet }).expect(201);
    await both((api) => creditsOn(api, wallet));
    return wallet;
  };

  it('one shows what the other added, and the one that added it shows it at once', async () => {
    const wallet = await register();
    for (const [index, [writer, reader]] of [
      [a, b],
      [b, a],
      [a, b],
    ].entries()) {
      await add(writer!, wallet, '10').expect(200);
      const expected = String((index + 1) * 10);
      expect(await creditsOn(writer!, wallet)).toBe(expected);
      await seesWithin(reader!, wallet, expected);
    }
  });

  it('show what somebody types into psql within a second', async () => {
    const wallet = await register();
    await psql.query('UPDATE chaincache.users SET credits = 5 WHERE wallet_address = $1', [wallet]);
    await both((api) => seesWithin(api, wallet, '5', 1_000));
  });

  it('lose nothing of a process that is killed between its commit and its invalidation', async () => {
    const wallet = await register();
    for (let round = 1; round <= 5; round += 1) {
      await both((api) => creditsOn(api, wallet));
      const args = ['--input-type=module', '-e', COMMITS_AND_DIES, await databaseForSpec(), wallet];
      const [, signal] = (await once(spawn(process.execPath, args, { stdio: 'inherit' }), 'exit')) as [unknown, string];
      expect(signal).toBe('SIGKILL');
      await both((api) => seesWithin(api, wallet, String(round)));
    }
    const pending = 'SELECT 1 FROM chaincache.cache_outbox WHERE applied_at IS NULL';
    while ((await psql.query(pending)).rowCount !== 0) await new Promise(setImmediate);
  }, 30_000);

  it('show nothing old after Redis was gone while somebody wrote', async () => {
    const wallet = await register();
    await both((api) => creditsOn(api, wallet));
    redis.signal('SIGSTOP');
    await add(a, wallet, '3').expect(200);
    expect(await creditsOn(a, wallet)).toBe('3');
    await seesWithin(b, wallet, '3', 3_000);
    redis.signal('SIGCONT');
    // From here on, whichever tier answers.
    for (let count = 0; count < 50; count += 1) {
      expect([await creditsOn(a, wallet), await creditsOn(b, wallet)]).toEqual(['3', '3']);
    }
    await both(usesRedis);
    expect([await creditsOn(a, wallet), await creditsOn(b, wallet)]).toEqual(['3', '3']);
    const pending = 'SELECT 1 FROM chaincache.cache_outbox WHERE applied_at IS NULL';
    while ((await psql.query(pending)).rowCount !== 0) await new Promise(setImmediate);
  }, 30_000);
});
