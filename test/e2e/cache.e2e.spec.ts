import type { Devnet } from '@chaincache/devnet';
import { redisCommand, startRedis, type TestRedis } from '../support/services.js';
import { ADMIN_API_KEY, freshAddress, startApi, startTestDevnet, type TestApi } from './test-api.js';

const ADMIN = { authorization: `Bearer ${ADMIN_API_KEY}` };

describe('/api/cache', () => {
  let devnet: Devnet;
  let redis: TestRedis;
  let api: TestApi;
  let other: TestApi;

  beforeAll(async () => {
    [devnet, redis] = await Promise.all([startTestDevnet({ tokens: 5 }), startRedis()]);
    // Without a WebSocket address nobody hears of transfers, except from here.
    const unwatched = { EVM_CHAINS: `${devnet.evm.chainId}=${devnet.evm.rpcUrl}` };
    const environment = { REDIS_URL: redis.url, INVALIDATION_COOLDOWN: '10m', ...unwatched };
    [api, other] = await Promise.all([startApi(devnet, environment), startApi(devnet, environment)]);
    await Promise.all([ready(api), ready(other)]);
  }, 60_000);

  afterAll(async () => {
    await Promise.all([api?.close(), other?.close()]);
    await redis?.stop();
    await devnet?.stop();
  });

  /** Waits until the instance uses its Redis. */
  async function ready(instance: TestApi): Promise<void> {
    while ((await instance.get('/health/ready')).body.status !== 'ok') await new Promise(setImmediate);
  }

  const tierOf = async (instance: TestApi, address: string): Promise<string> =>
    (await instance.get(`/api/tokens/${address}`).expect(200)).headers['x-cache'] as string;
  const act = (body: unknown, headers = {}) => api.post('/api/cache', body, headers);
  const status = async (wallet: string): Promise<Record<string, unknown>> =>
    (await api.get(`/api/cache?wallet=${wallet}`).expect(200)).body as Record<string, unknown>;

  it('shares a value with another instance by way of Redis', async () => {
    const address = freshAddress();
    expect([await tierOf(api, address), await tierOf(other, address), await tierOf(other, address)]).toEqual([
      'MISS',
      'L2',
      'L1',
    ]);
  });

  it('stores it under the lower-case address for what is left of fresh and grace', async () => {
    const address = freshAddress();
    await tierOf(api, address);
    const ttl = Number(await redisCommand(redis, 'TTL', `tokens:${address}`));
    expect(ttl).toBeGreaterThan(3_600);
    expect(ttl).toBeLessThanOrEqual(3_900);
  });

  it('tells what is left of fresh, true for the key that is really used', async () => {
    const address = devnet.wallets[0].address;
    expect(await status(address)).toEqual({
      wallet: address.toLowerCase(),
      cacheKey: `tokens:${address.toLowerCase()}`,
      exists: false,
      ttl: null,
      ttlReadable: null,
    });
    await tierOf(api, address);
    const { exists, ttl, ttlReadable } = await status(address);
    expect(exists).toBe(true);
    expect(ttl).toBeGreaterThan(270);
    expect(ttl).toBeLessThanOrEqual(300);
    expect(ttlReadable).toBe(ttl === 300 ? '5m 0s' : `4m ${Number(ttl) - 240}s`);
  });

  it('lets anybody invalidate a wallet: its next answer is as new as the chain', async () => {
    const [alice, bob] = devnet.wallets;
    await tierOf(api, bob.address);
    const token = devnet.tokens[0]!.address;
    await devnet.control.chain().transfer({ token, from: alice.address, to: bob.address, amount: 1n });
    expect(await tierOf(api, bob.address)).toBe('L1');
    const { body } = await act({ action: 'invalidateWallet', walletAddress: bob.address }).expect(200);
    expect(body).toEqual({ success: true, deletedCount: expect.any(Number) as number, status: 'applied' });
    const answer = await api.get(`/api/tokens/${bob.address}?limit=100`).expect(200);
    expect(answer.headers['x-cache']).toBe('MISS');
    const held = (answer.body.tokens as { address: string; balance: string }[]).find(
      ({ address }) => address === token.toLowerCase(),
    );
    expect(held?.balance).toBe((await devnet.control.chain().balanceOf(token, bob.address)).toString());
  });

  it('logs an invalidation with the id of its request', async () => {
    const { headers } = await act({ action: 'invalidateTag', tag: `demo:${'x'.repeat(500)}` }, ADMIN).expect(200);
    const logged = api.log
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .find(({ event, requestId }) => event === 'cache.invalidated' && requestId === headers['x-request-id']);
    expect(logged).toMatchObject({
      level: 'info',
      kind: 'tag',
      status: 'applied',
      durationMs: expect.any(Number) as number,
    });
  });

  it('counts invalidating what is not cached as a success', async () => {
    const { body } = await act({ action: 'invalidateWallet', walletAddress: freshAddress() }).expect(200);
    expect(body).toMatchObject({ success: true, status: 'applied', deletedCount: 0 });
  });

  it('makes one invalidation out of repetition', async () => {
    const walletAddress = freshAddress();
    const statuses = [];
    for (let index = 0; index < 3; index += 1) {
      const { body } = await act({ action: 'invalidateWallet', walletAddress }).expect(200);
      expect(body.success).toBe(true);
      statuses.push(body.status);
    }
    expect(statuses).toEqual(['applied', 'coalesced', 'coalesced']);
  });

  it('never cools down a block that is newer than all before', async () => {
    const walletAddress = freshAddress();
    const demand = async (minBlock: number): Promise<unknown> =>
      (await act({ action: 'invalidateWallet', walletAddress, minBlock }).expect(200)).body.status;
    const control = devnet.control.chain();
    const head = await control.blockNumber();
    expect([await demand(head), await demand(head)]).toEqual(['applied', 'coalesced']);
    await control.mine();
    expect(await demand(head + 1)).toBe('applied');
    // The transaction may be in the block that comes next.
    expect(await demand(head + 2)).toBe('applied');
  });

  it('refuses a block that cannot exist yet', async () => {
    const minBlock = (await devnet.control.chain().blockNumber()) + 1_000;
    const { body } = await act({ action: 'invalidateWallet', walletAddress: freshAddress(), minBlock }).expect(400);
    expect(body.errors).toEqual([{ field: 'minBlock', message: expect.stringContaining('head') as string }]);
  });

  it.each([
    [{ action: 'invalidate', key: 'tokens:x' }],
    [{ action: 'invalidatePattern', pattern: 'tokens:*' }],
    [{ action: 'invalidateTag', tag: 'chain' }],
    [{ action: 'clearNamespace', namespace: 'demo' }],
  ])('does %j only with a key that may', async (action) => {
    const { headers } = await act(action).expect(401);
    expect(headers['www-authenticate']).toMatch(/^Bearer/);
    await act(action, { 'x-api-key': `${ADMIN_API_KEY}x` }).expect(401);
    const { body } = await act(action, { 'x-api-key': ADMIN_API_KEY }).expect(200);
    expect(body).toMatchObject({ success: true, status: 'applied' });
  });

  it('drops a key, a tag or all that a pattern covers, in every instance’s Redis', async () => {
    const address = freshAddress();
    for (const action of [
      { action: 'invalidate', key: `tokens:${address}` },
      { action: 'invalidateTag', tag: `wallet:${address}` },
      { action: 'invalidatePattern', pattern: 'tokens:*' },
    ]) {
      await tierOf(api, address);
      await act(action, ADMIN).expect(200);
      expect(await tierOf(api, address)).toBe('MISS');
    }
  });

  it('refuses the pattern that covers everything', async () => {
    const { body } = await act({ action: 'invalidatePattern', pattern: '*' }, ADMIN).expect(400);
    expect(body.detail).toContain('*');
  });

  it('explains a key to who may read', async () => {
    const address = freshAddress();
    await tierOf(api, address);
    await api.get(`/api/cache/explain?key=tokens:${address}`).expect(401);
    const { body } = await api.get(`/api/cache/explain?key=tokens:${address}`, ADMIN).expect(200);
    expect(body).toMatchObject({
      entry: 'token balances',
      storeAnswered: true,
      l1: { servable: true },
      l2: { state: 'valid' },
    });
    expect((body.tags as { tag: string }[]).map(({ tag }) => tag)).toContain(`wallet:${address}`);
  });

  it('explains it without names to who has not the scope for them, and takes no shortened name for one', async () => {
    const address = freshAddress();
    const { body: key } = await api
      .post('/api/api-keys', { walletAddress: freshAddress(), scopes: ['cache:read', 'cache:invalidate'] }, ADMIN)
      .expect(201);
    const reader = { 'x-api-key': key.key as string };
    await act({ action: 'invalidateTag', tag: `wallet:${address}` }, ADMIN).expect(200);
    await tierOf(api, address);
    const { body } = await api.get(`/api/cache/explain?key=tokens:${address}`, reader).expect(200);
    const short = `${address.slice(0, 6)}…${address.slice(-4)}`;
    expect(body).toMatchObject({ key: `tokens:${short}`, lastInvalidation: { of: `wallet:${short}` } });
    expect(JSON.stringify(body)).not.toContain(address);
    const refused = await act({ action: 'invalidate', key: body.key as string }, reader).expect(400);
    expect(refused.body.detail).toContain('in full');
  });

  it.each<[string, string | object, number, string | undefined]>([
    ['broken JSON', '{"action":', 400, 'body'],
    ['a __proto__', '{"__proto__":{"admin":true},"action":"clearNamespace","namespace":"x"}', 400, 'body'],
    ['a constructor with a prototype', '{"constructor":{"prototype":{}},"action":"invalidate","key":"x"}', 400, 'body'],
    ['an array', [], 400, 'body'],
    ['null', 'null', 400, 'body'],
    ['an unknown action', { action: 'drop' }, 400, 'action'],
    ['no key', { action: 'invalidate' }, 400, 'key'],
    ['a key of 10 kB', { action: 'invalidate', key: 'x'.repeat(10_000) }, 400, 'key'],
    ['a namespace that is none', { action: 'clearNamespace', namespace: 'a:b' }, 400, 'namespace'],
    ['no wallet', { action: 'invalidateWallet', walletAddress: 'bob' }, 400, 'walletAddress'],
    [
      'an R3MES wallet with a wrong checksum',
      { action: 'invalidateWallet', walletAddress: `remes1${'q'.repeat(38)}` },
      400,
      'walletAddress',
    ],
    ['a negative block', { action: 'invalidateWallet', walletAddress: freshAddress(), minBlock: -1 }, 400, 'minBlock'],
    [
      'a fraction of a block',
      { action: 'invalidateWallet', walletAddress: freshAddress(), minBlock: 1.5 },
      400,
      'minBlock',
    ],
    [
      'an unconfigured chain',
      { action: 'invalidateWallet', walletAddress: freshAddress(), chainId: 5 },
      400,
      'chainId',
    ],
    ['a field that nobody knows', { action: 'invalidateTag', tag: 'chain', minBlok: 1 }, 400, 'body'],
    ['1 MiB', 'x'.repeat(1_048_576), 413, undefined],
  ])('refuses %s', async (_what, body, code, field) => {
    const answer = await act(body, ADMIN).expect(code);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    if (field !== undefined)
      expect((answer.body.errors as { field: string }[]).map((error) => error.field)).toContain(field);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/xml'])('takes no %s', async (type) => {
    await act('action=invalidate', { 'content-type': type }).expect(415);
  });

  it('refuses a status without a wallet', async () => {
    const { body } = await api.get('/api/cache').expect(400);
    expect(body.errors).toEqual([{ field: 'wallet', message: expect.stringContaining('EVM address') as string }]);
  });
});
