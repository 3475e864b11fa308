import type { Devnet } from '@chaincache/devnet';
import { startRedis, type TestRedis } from '../support/services.js';
import { freshAddress, startApi, startTestDevnet, type TestApi } from './test-api.js';

describe('when Redis is', () => {
  let devnet: Devnet;
  let redis: TestRedis;
  let api: TestApi;

  beforeAll(async () => {
    [devnet, redis] = await Promise.all([startTestDevnet({ tokens: 3 }), startRedis()]);
    redis.signal('SIGKILL');
    api = await startApi(devnet, { REDIS_URL: redis.url });
  }, 60_000);

  afterAll(async () => {
    await api?.close();
    await redis?.stop();
    await devnet?.stop();
  });

  const readiness = async (): Promise<unknown> => (await api.get('/health/ready').expect(200)).body.status;

  async function until(status: string): Promise<void> {
    while ((await readiness()) !== status) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  async function answersEverything(): Promise<void> {
    const known = devnet.wallets[0].address;
    const paths = [known, known, freshAddress(), freshAddress()].map((address) => `/api/tokens/${address}`);
    const answers = await Promise.all([...paths, `/api/cache?wallet=${known}`].map((path) => api.get(path)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  }

  it('absent at the start, everything is answered, ready but degraded', async () => {
    expect(await readiness()).toBe('degraded');
    await answersEverything();
  });

  it('there at last, it is used', async () => {
    await redis.restart();
    await until('ok');
    const address = freshAddress();
    await api.get(`/api/tokens/${address}`).expect(200);
    const { body } = await api.get(`/api/cache?wallet=${address}`).expect(200);
    expect(body.exists).toBe(true);
  });

  it('killed while running, everything is answered, and an invalidation waits', async () => {
    redis.signal('SIGKILL');
    await until('degraded');
    await answersEverything();
    const { body } = await api
      .post('/api/cache', { action: 'invalidateWallet', walletAddress: freshAddress() })
      .expect(200);
    expect(body).toMatchObject({ success: true, status: 'queued' });
    await redis.restart();
    await until('ok');
  });

  it('frozen while running, everything is answered', async () => {
    redis.signal('SIGSTOP');
    await answersEverything();
    await until('degraded');
    await answersEverything();
    redis.signal('SIGCONT');
    await until('ok');
    await answersEverything();
  });
});
