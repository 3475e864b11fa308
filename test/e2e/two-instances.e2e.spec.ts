import pg from 'pg';
import { startRedis, tcpProxy, type TcpProxy, type TestRedis } from '../support/services.js';
import { type ApiProcess, startApiProcess } from '../check/api.process.js';
import { freshWallet, isWarm, propagate, timeUntilShown, usesRedis } from '../check/propagation.run.js';
import { databaseForSpec } from './database-for-spec.js';

/** Longer than the reader's S and its loads take on a busy machine, and far shorter than what is cached lives. */
const SOON_MS = 3_000;
const NEVER_MS = 60_000;

/** How quick it is on a quiet machine, `npm run check:propagation` tells. */
describe('two processes of the built application', () => {
  let redis: TestRedis;
  let toRedis: TcpProxy;
  let psql: pg.Client;
  let a: ApiProcess;
  let b: ApiProcess;

  beforeAll(async () => {
    redis = await startRedis();
    toRedis = await tcpProxy({ target: redis.url });
    const databaseUrl = await databaseForSpec();
    psql = new pg.Client(databaseUrl);
    await psql.connect();
    [a, b] = await Promise.all([
      startApiProcess({ databaseUrl, redisUrl: redis.url }),
      startApiProcess({ databaseUrl, redisUrl: toRedis.url }),
    ]);
    await Promise.all([usesRedis(a), usesRedis(b)]);
  }, 60_000);

  afterAll(async () => {
    await Promise.all([a?.stop(), b?.stop()]);
    await psql?.end();
    await toRedis?.close();
    await redis?.stop();
  });

  const registered = async (): Promise<string> => {
    const wallet = freshWallet();
    await a.register(wallet);
    return wallet;
  };

  it('show on one what was added through the other, which has the old sum in its memory', async () => {
    const wallet = await registered();
    for (let round = 0; round < 20; round += 1) {
      const [writer, reader] = round % 2 === 0 ? [a, b] : [b, a];
      expect((await propagate(writer, reader, wallet)).sentMs).toBeLessThan(SOON_MS);
    }
    await isWarm(a, wallet);
    expect((await a.credits(wallet)).credits).toBe('20');
  });

  it('show both what somebody types into psql', async () => {
    const wallet = await registered();
    await Promise.all([isWarm(a, wallet), isWarm(b, wallet)]);
    await psql.query('UPDATE chaincache.users SET credits = 77 WHERE wallet_address = $1', [wallet]);
    const shown = await Promise.all([timeUntilShown(a, wallet, '77'), timeUntilShown(b, wallet, '77')]);
    for (const { sentMs } of shown) expect(sentMs).toBeLessThan(SOON_MS);
  });

  it('are right within the staleness of credits though nothing of the bus arrives', async () => {
    const wallet = await registered();
    toRedis.delay(NEVER_MS, { after: 'subscribe' });
    for (let round = 0; round < 3; round += 1) {
      expect((await propagate(a, b, wallet)).sentMs).toBeLessThan(SOON_MS);
    }
  });
});
