import { type Devnet, type R3mesChain, startR3mesChain } from '@chaincache/devnet';
import { CachedReplyInterceptor } from '../../src/http/cached-reply.interceptor.js';
import { ask, type PlainAnswer } from '../support/plain.http.js';
import { sharedRedisUrl } from '../support/services.js';
import { databaseForSpec } from './database-for-spec.js';
import { ADMIN, freshKey, freshWallet } from './r3mes-api.js';
import { startApi, startTestDevnet, type TestApi } from './test-api.js';

/** What differs between any two answers. */
const OWN_TO_EACH = ['date', 'x-request-id', 'age', 'x-cache'];
const PAGE = 'https://page.example';

function comparable({ status, headers, body }: PlainAnswer): object {
  const shared = Object.fromEntries(Object.entries(headers).filter(([name]) => !OWN_TO_EACH.includes(name)));
  // The validator is a digest of the body.
  return { status, length: body.length, headers: shared };
}

describe('an answer that is ready before the framework', () => {
  let devnet: Devnet;
  let chain: R3mesChain;
  /** Writes a line for each request, so that the framework sees every one. */
  let slow: TestApi;
  let fast: TestApi;
  let paths: readonly string[];
  const wallet = freshWallet();
  const framework = jest.spyOn(CachedReplyInterceptor.prototype, 'intercept');

  beforeAll(async () => {
    devnet = await startTestDevnet();
    chain = await startR3mesChain({ blockInterval: 'manual' });
    chain.control.produceBlock(129);
    const environment = {
      DATABASE_URL: await databaseForSpec(),
      REDIS_URL: sharedRedisUrl(),
      R3MES_RPC_URL: chain.rpcUrl,
      R3MES_API_URL: chain.apiUrl,
      CORS_ORIGINS: PAGE,
      CACHE_KEY_PREFIX: 'hot-road:',
    };
    slow = await startApi(devnet, { ...environment, LOG_LEVEL: 'debug' });
    fast = await startApi(devnet, environment);
    for (const api of [slow, fast])
      while ((await api.get('/health/ready')).body.status !== 'ok') await new Promise(setImmediate);
    await slow.post('/api/miners', { walletAddress: wallet }, ADMIN).expect(201);
    const report = {
      hashrate: 1.5,
      gpu_temperature: 60,
      blocks_found: 3,
      uptime_percentage: 99,
      network_difficulty: 9,
    };
    await slow.post(`/api/miners/${wallet}/stats`, report, ADMIN).expect(201);
    await slow.post(`/api/users/${wallet}/credits/add`, { amount: '7' }, freshKey()).expect(200);
    paths = [
      `/api/tokens/${devnet.wallets[0].address}`,
      `/api/tokens/${devnet.wallets[0].address}?limit=3&page=1&minBalanceUSD=0.01&includeSpam=true`,
      `/api/tokens/${devnet.wallets[1].address.toUpperCase().replace('0X', '0x')}?chainId=31337`,
      '/api/network/stats',
      '/api/blocks',
      '/api/blocks?limit=3',
      '/api/blocks/height',
      `/api/users/${wallet}`,
      `/api/users/${wallet}/credits`,
      `/api/miners/${wallet}/stats`,
      `/api/miners/${wallet}/earnings`,
      `/api/miners/${wallet}/hashrate?days=2`,
    ];
  }, 90_000);

  afterAll(async () => {
    framework.mockRestore();
    await fast?.close();
    await slow?.close();
    await chain?.stop();
    await devnet?.stop();
  });

  /** What both say once it is cached; the framework sees only the slow one's request. */
  async function both(path: string, headers?: Readonly<Record<string, string>>): Promise<[PlainAnswer, PlainAnswer]> {
    // The first one that is ready is put together by Node, those that follow are as ready as can be.
    for (const { url } of [slow, fast, fast]) await ask(url + path, headers);
    framework.mockClear();
    const ready = await ask(fast.url + path, headers);
    expect(framework).not.toHaveBeenCalled();
    const made = await ask(slow.url + path, headers);
    expect(framework).toHaveBeenCalledTimes(1);
    return [ready, made];
  }

  it('is the same as the framework’s, on every cached route', async () => {
    for (const path of paths) {
      const [ready, made] = await both(path);
      expect([path, comparable(ready)]).toEqual([path, comparable(made)]);
      expect(ready.status).toBe(200);
      expect(ready.headers['x-cache']).toMatch(/^L[12]$/);
      expect(ready.headers['age']).toMatch(/^\d+$/);
      expect(ready.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it('is the same 304 for a client that has these bytes, however it says so', async () => {
    for (const path of paths) {
      const etag = (await ask(fast.url + path)).headers.etag!;
      for (const header of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
        const [ready, made] = await both(path, { 'If-None-Match': header });
        expect([path, comparable(ready)]).toEqual([path, comparable(made)]);
        expect([ready.status, ready.body]).toEqual([304, '']);
      }
      const [other] = await both(path, { 'if-none-match': '"other"' });
      expect(other.status).toBe(200);
    }
  });

  it('is the same for the pages of each origin', async () => {
    const [path] = paths;
    const [ready, made] = await both(path!, { origin: PAGE });
    expect(comparable(ready)).toEqual(comparable(made));
    expect(ready.headers['access-control-allow-origin']).toBe(PAGE);
    const [foreign, same] = await both(path!, { origin: 'https://other.example' });
    expect(comparable(foreign)).toEqual(comparable(same));
    expect(foreign.headers['access-control-allow-origin']).not.toBe('https://other.example');
  });

  it('is of the request that asks: each has an id of its own', async () => {
    const [path] = paths;
    const ids = await Promise.all(
      Array.from({ length: 5 }, async () => (await ask(fast.url + path!)).headers['x-request-id']),
    );
    expect(new Set(ids).size).toBe(5);
  });

  it('is never of before an acknowledged invalidation', async () => {
    const path = `/api/users/${wallet}/credits`;
    await both(path);
    for (let total = 8; total < 28; total += 1) {
      await fast.post(`${path}/add`, { amount: '1' }, freshKey()).expect(200);
      expect(JSON.parse((await ask(fast.url + path)).body)).toMatchObject({ credits: String(total) });
      expect(JSON.parse((await ask(fast.url + path)).body)).toMatchObject({ credits: String(total) });
    }
  });

  it('is not there for anything but a plain GET of a cached value', async () => {
    for (const path of [
      '/api/users/remes1nobody',
      `/api/users/${freshWallet()}`,
      '/api/blocks?limit=0',
      '/api/nothing',
    ]) {
      for (const { url } of [slow, fast]) await ask(url + path);
      const [ready, made] = [await ask(fast.url + path), await ask(slow.url + path)];
      expect(comparable(ready)).toMatchObject({ status: made.status });
      expect(ready.status).toBeGreaterThanOrEqual(400);
    }
    const [path] = paths;
    const head = await fetch(fast.url + path!, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([(await fetch(slow.url + path!, { method: 'HEAD' })).status, '']);
    await fast.post(path!, {}).expect(404);
  });
});
