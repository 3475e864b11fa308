import { setTimeout as wait } from 'node:timers/promises';
import type { Devnet, Fault } from '@chaincache/devnet';
import { freshAddress, startApi, startTestDevnet, type TestApi } from './test-api.js';

/** The shortest life that can be configured, and a little more. */
const EXPIRED_MS = 1_100;

describe('when Insight fails', () => {
  let devnet: Devnet;
  let api: TestApi;

  beforeAll(async () => {
    devnet = await startTestDevnet({ tokens: 3, chainIds: [31337, 31338] });
    api = await startApi(devnet, { CACHE_TTL_TOKEN_BALANCES: '1s', REQUEST_DEADLINE: '2s' });
  }, 60_000);

  afterAll(async () => {
    await api?.close();
    await devnet?.stop();
  });

  beforeEach(() => {
    devnet.control.insight.clear();
    devnet.control.insight.resetCounts();
  });

  const fail = (fault: Fault): void => devnet.control.insight.fail(fault);
  const tokensOf = (address: string) => api.get(`/api/tokens/${address}`);
  const requestsFor = (address: string): number => devnet.control.insight.counts().byWallet[address]?.requests ?? 0;

  it.each<[string, Fault]>([
    ['an overloaded answer', { kind: 'status', status: 503, times: 1 }],
    ['too many requests with a Retry-After', { kind: 'status', status: 429, retryAfter: 0, times: 1 }],
    ['a cut socket', { kind: 'cut', times: 1 }],
    ['a body that breaks off', { kind: 'cut', where: 'in-body', times: 1 }],
    ['a body that is not JSON', { kind: 'broken-json', times: 1 }],
  ])('asks again after %s', async (_what, fault) => {
    const address = freshAddress();
    fail(fault);
    await tokensOf(address).expect(200);
    expect(requestsFor(address)).toBe(3);
  });

  it('does not wait for a Retry-After beyond the deadline, and passes it on', async () => {
    const address = freshAddress();
    fail({ kind: 'status', status: 429, retryAfter: 30 });
    const { body, headers } = await tokensOf(address).expect(503);
    expect(headers['retry-after']).toBe('30');
    expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(body).toMatchObject({ status: 503, detail: expect.stringContaining('Insight') as string });
    expect(requestsFor(address)).toBe(2);
  });

  it('neither believes nor keeps a wrong shape', async () => {
    const address = freshAddress();
    fail({ kind: 'wrong-shape' });
    await tokensOf(address).expect(503);
    devnet.control.insight.clear();
    const { headers } = await tokensOf(address).expect(200);
    expect(headers['x-cache']).toBe('MISS');
  });

  it('refuses a balance of a chain that was not asked for', async () => {
    fail({ kind: 'wrong-shape', body: { data: [{ chain_id: 1, token_address: freshAddress(), balance: '1' }] } });
    await tokensOf(freshAddress()).expect(503);
  });

  it('does not repeat what another attempt cannot change', async () => {
    const address = freshAddress();
    fail({ kind: 'status', status: 401 });
    await tokensOf(address).expect(503);
    expect(requestsFor(address)).toBe(2);
  });

  it('answers within the deadline when the source never does', async () => {
    fail({ kind: 'delay', delayMs: 60_000 });
    const { headers } = await tokensOf(freshAddress()).expect(503);
    expect(Number(headers['retry-after'])).toBeGreaterThanOrEqual(1);
  });

  it('serves what has expired while the source is gone, and says how old it is', async () => {
    const address = devnet.wallets[1].address;
    const { body: fresh } = await tokensOf(address).expect(200);
    await wait(EXPIRED_MS);
    fail({ kind: 'status', status: 500 });
    const { body, headers } = await tokensOf(address).expect(200);
    expect(headers['x-cache']).toBe('STALE');
    expect(Number(headers.age)).toBeGreaterThanOrEqual(1);
    expect(body).toEqual(fresh);
  });

  it('never serves what was invalidated while the source is gone', async () => {
    const address = devnet.wallets[0].address;
    await tokensOf(address).expect(200);
    fail({ kind: 'status', status: 500 });
    await api.post('/api/cache', { action: 'invalidateWallet', walletAddress: address }).expect(200);
    await tokensOf(address).expect(503);
  });

  it('answers with the chains that can be read, and names those that cannot', async () => {
    const alone = await startTestDevnet({ tokens: 3, chainIds: [31337] });
    const half = await startApi(alone, {
      EVM_CHAINS: `31337=${alone.evm.rpcUrl},99999=http://127.0.0.1:9`,
    });
    try {
      const address = alone.wallets[0].address;
      const { body } = await half.get(`/api/tokens/${address}`).expect(200);
      expect(body.partial).toEqual([99999]);
      expect((body.tokens as unknown[]).length).toBeGreaterThan(0);
      const { body: one } = await half.get(`/api/tokens/${address}?chainId=31337`).expect(200);
      expect(one).not.toHaveProperty('partial');
      const { body: status } = await half.get(`/api/cache?wallet=${address}`).expect(200);
      expect(status.ttl).toBeLessThanOrEqual(15);
    } finally {
      await half.close();
      await alone.stop();
    }
  }, 30_000);

  it('keeps answering health checks', async () => {
    fail({ kind: 'cut' });
    await api.get('/health/ready').expect(200);
  });
});
