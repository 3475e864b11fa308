import { type R3mesChain, startR3mesChain } from '@chaincache/devnet';
import { databaseForSpec } from './database-for-spec.js';
import { ADMIN, freshKey, freshWallet, type TestApi, startR3mesApi } from './r3mes-api.js';

describe('the network', () => {
  let chain: R3mesChain;
  let api: TestApi;

  beforeAll(async () => {
    chain = await startR3mesChain({ blockInterval: 'manual' });
    chain.control.produceBlock(129);
    const environment = { R3MES_RPC_URL: chain.rpcUrl, R3MES_API_URL: chain.apiUrl, LOG_LEVEL: 'warn' };
    api = await startR3mesApi({ ...environment, DATABASE_URL: await databaseForSpec() });
    // The chain is being watched: what it makes invalid at first is behind us.
    while ((await api.get('/health/ready')).body.status !== 'ok') await new Promise(setImmediate);
  }, 60_000);

  afterAll(async () => {
    await api?.close();
    await chain?.stop();
  });

  afterEach(async () => {
    chain.control.clear();
    await forget();
  });

  /** As each new block does. */
  const forget = () => api.send('post', '/api/cache', { action: 'invalidateTag', tag: 'chain' }, ADMIN).expect(200);
  const heightOf = async (): Promise<unknown> =>
    (await api.get('/api/blocks/height').expect(200)).body.height as unknown;

  it('tells the height, and keeps it until the chain is said to have changed', async () => {
    const { height } = chain.control.state();
    expect(await heightOf()).toBe(height);
    chain.control.mute(true);
    chain.control.produceBlock();
    expect(await heightOf()).toBe(height);
    await forget();
    expect(await heightOf()).toBe(height + 1);
  });

  it('lists blocks newest first, by their own hashes, cut from one cached list', async () => {
    const { height } = chain.control.state();
    const { body } = await api.get('/api/blocks').expect(200);
    expect(body).toMatchObject({ limit: 10, total: height });
    expect(body.blocks).toHaveLength(10);
    const hundred = await api.get('/api/blocks?limit=100').expect(200);
    expect(hundred.headers['x-cache']).toBe('L1');
    const blocks = hundred.body.blocks as { height: number; miner: string; timestamp: string; hash: string }[];
    expect(blocks.map((block) => block.height)).toEqual(Array.from({ length: 100 }, (_, index) => height - index));
    expect(blocks[0]).toEqual({
      height,
      miner: expect.stringMatching(/^[0-9A-F]{40}$/) as string,
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
      hash: expect.stringMatching(/^[0-9A-F]{64}$/) as string,
    });
    const node = (await (await fetch(`${chain.rpcUrl}/block?height=${height}`)).json()) as {
      result: { block_id: { hash: string }; block: { header: { proposer_address: string } } };
    };
    expect(blocks[0]).toMatchObject({
      hash: node.result.block_id.hash,
      miner: node.result.block.header.proposer_address,
    });
  });

  it.each(['0', '101', '-1', '1.5', 'all', ''])('refuses limit=%s', async (limit) => {
    const { body } = await api.get(`/api/blocks?limit=${limit}`).expect(400);
    expect(body.errors[0].field).toBe('limit');
  });

  it('sums up the database and the chain', async () => {
    const [user, miner] = [freshWallet(), freshWallet()];
    const before = (await api.get('/api/network/stats').expect(200)).body as Record<string, number | string>;
    await api.send('post', '/api/users', { walletAddress: user }).expect(201);
    await api.send('post', `/api/users/${user}/credits/add`, { amount: '9007199254740993' }, freshKey()).expect(200);
    await api.send('post', '/api/miners', { walletAddress: miner }).expect(201);
    const report = { hashrate: 1, gpu_temperature: 60, blocks_found: 0, uptime_percentage: 99, network_difficulty: 1 };
    await api.send('post', `/api/miners/${miner}/stats`, report).expect(201);
    await forget();
    const { body } = await api.get('/api/network/stats').expect(200);
    expect(body).toEqual({
      active_miners: Number(before.active_miners) + 1,
      total_users: Number(before.total_users) + 2,
      total_credits: (BigInt(before.total_credits!) + 9_007_199_254_740_993n).toString(),
      block_height: chain.control.state().height,
      total_gradients: expect.stringMatching(/^\d+$/) as string,
      total_aggregations: expect.stringMatching(/^\d+$/) as string,
    });
  });

  it('names the chain that cannot be read, and keeps that answer briefly', async () => {
    chain.control.refuse(true);
    await forget();
    const { body } = await api.get('/api/network/stats').expect(200);
    expect(body).toMatchObject({ block_height: null, partial: ['r3mes', 'r3mes-api'] });
    chain.control.clear();
    const deadline = performance.now() + 6_000;
    for (;;) {
      const again = (await api.get('/api/network/stats').expect(200)).body as { block_height: number | null };
      if (again.block_height === chain.control.state().height) break;
      expect(performance.now()).toBeLessThan(deadline);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }, 15_000);

  it('answers 503 with Retry-After where the chain is all there is and cannot be read', async () => {
    chain.control.refuse(true);
    await forget();
    for (const path of ['/api/blocks', '/api/blocks/height']) {
      const { body, headers } = await api.get(path).expect(503);
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
      expect(body).toMatchObject({ status: 503, title: 'Service Unavailable' });
      expect(JSON.stringify(body)).not.toContain(new URL(chain.rpcUrl).host);
    }
    chain.control.clear();
    expect(await heightOf()).toBe(chain.control.state().height);
  }, 20_000);

  it('does not keep for long what a node says that is behind', async () => {
    const { height } = chain.control.state();
    chain.control.lag(3);
    await forget();
    expect(await heightOf()).toBe(height - 3);
    chain.control.clear();
    const deadline = performance.now() + 3_000;
    while ((await heightOf()) !== height) {
      expect(performance.now()).toBeLessThan(deadline);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }, 10_000);
});
