import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startRedis, type TcpProxy, tcpProxy, type TestRedis } from '../support/services.js';
import { databaseForSpec } from './database-for-spec.js';
import { type TestApi, startR3mesApi } from './r3mes-api.js';

const pause = (durationMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, durationMs));

describe('readiness', () => {
  let redis: TestRedis;
  let database: TcpProxy;
  let api: TestApi;

  beforeAll(async () => {
    [redis, database] = await Promise.all([startRedis(), tcpProxy({ target: await databaseForSpec() })]);
    redis.signal('SIGKILL');
    api = await startR3mesApi({ REDIS_URL: redis.url, DATABASE_URL: database.url });
    while ((await api.get('/health/startup')).status !== 200) await pause(50);
  }, 60_000);

  afterAll(async () => {
    await api?.close();
    await Promise.all([redis?.stop(), database?.close()]);
  });

  const probe = async (name = 'ready') => {
    const { status, body } = await api.get(`/health/${name}`);
    return { status, details: body.details, verdict: body.status as string };
  };
  async function until(condition: (answer: Awaited<ReturnType<typeof probe>>) => boolean) {
    for (;;) {
      const answer = await probe();
      if (condition(answer)) return answer;
      await pause(20);
    }
  }

  // Before anything is read, so that nothing is cached.
  it('is degraded, and 200, without Redis', async () => {
    expect(await probe()).toMatchObject({
      status: 200,
      verdict: 'degraded',
      details: { redis: { status: 'degraded' } },
    });
  });

  it('is 503 without PostgreSQL and anything cached; live and startup are not', async () => {
    await database.refuse();
    const { details } = await until(({ status }) => status === 503);
    expect(details.database).toEqual({ status: 'down', servable: false });
    expect((await probe('live')).status).toBe(200);
    expect((await probe('startup')).status).toBe(200);
  }, 20_000);

  it('is degraded without PostgreSQL, where something is cached', async () => {
    await database.restore();
    await redis.restart();
    await until(({ verdict }) => verdict === 'ok');
    await api.get('/api/network/stats').expect(200);
    await database.refuse();
    const { status, details } = await until((answer) => answer.details.database.status !== 'up');
    expect([status, details.database]).toEqual([200, { status: 'degraded', servable: true }]);
    await database.restore();
    await until(({ verdict }) => verdict === 'ok');
  }, 30_000);

  it('is 503 while the event loop is late, and 200 again after', async () => {
    const beLate = async (): Promise<Awaited<ReturnType<typeof probe>>> => {
      const end = performance.now() + 4_000;
      while (performance.now() < end) {
        const busyUntil = performance.now() + 700;
        while (performance.now() < busyUntil);
        await new Promise(setImmediate);
      }
      return probe();
    };
    let late = await beLate();
    // On a busy machine the windows that are judged may fall between.
    for (let tries = 1; tries < 4 && late.status !== 503; tries += 1) late = await beLate();
    expect(late).toMatchObject({ status: 503, details: { load: { status: 'down' } } });
    expect(late.details.load.eventLoopDelayMs).toBeGreaterThan(500);
    expect((await probe('live')).status).toBe(200);
    await until(({ status }) => status === 200);
  }, 30_000);
});

describe('startup', () => {
  /** A node that takes requests and answers none. */
  const silent = createServer().on('upgrade', (_request, socket) => socket.destroy());
  const environment = (): Record<string, string> => ({
    R3MES_RPC_URL: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`,
  });

  beforeAll(() => new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve)));
  afterAll(() => {
    silent.closeAllConnections();
    return new Promise((resolve) => silent.close(resolve));
  });

  it('waits for what is warmed at start', async () => {
    const api = await startR3mesApi({ ...environment(), WARM_START_BOUND: '60s' });
    const { status, body } = await api.get('/health/startup');
    expect(status).toBe(503);
    const steps = { configuration: true, database: true, modules: true, warming: false };
    expect(body.details.start).toMatchObject({ status: 'down', ...steps });
    while ((await api.get('/health/startup')).status !== 200) await pause(50);
    await api.close();
  }, 30_000);

  it('but not beyond its bound', async () => {
    const api = await startR3mesApi({ ...environment(), WARM_START_BOUND: '0s' });
    await api.get('/health/startup').expect(200);
    await api.close();
  }, 30_000);
});
