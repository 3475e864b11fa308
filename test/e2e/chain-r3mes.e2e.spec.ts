import { type R3mesChain, startR3mesChain } from '@chaincache/devnet';
import { startRedis, type TestRedis } from '../support/services.js';
import { databaseForSpec } from './database-for-spec.js';
import { event, resultsOf } from './events.builder.js';
import { startMain } from './main.process.js';
import { ADMIN, freshWallet, type TestApi, startR3mesApi } from './r3mes-api.js';

/** Far longer than it takes, and far shorter than what is cached lives. */
const PATIENCE_MS = 8_000;

async function eventually<T>(read: () => Promise<T>, wanted: T): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await read();
    if (JSON.stringify(found) === JSON.stringify(wanted)) return;
    if (performance.now() > deadline) return expect(found).toEqual(wanted);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('a block of the R3MES chain', () => {
  let chain: R3mesChain;
  let redis: TestRedis;
  let instances: TestApi[];

  beforeAll(async () => {
    [chain, redis] = await Promise.all([startR3mesChain({ blockInterval: 'manual' }), startRedis()]);
    const environment = {
      REDIS_URL: redis.url,
      DATABASE_URL: await databaseForSpec(),
      R3MES_RPC_URL: chain.rpcUrl,
      R3MES_API_URL: chain.apiUrl,
      // Only a new block can make these right within the test.
      CACHE_TTL_BLOCK_HEIGHT: '1h',
      CACHE_TTL_NETWORK_STATS: '1h',
      CACHE_TTL_RECENT_BLOCKS: '1h',
    };
    instances = [await startR3mesApi(environment), await startR3mesApi(environment)];
    await eventually(states, ['live', 'live']);
  }, 60_000);

  afterAll(async () => {
    await Promise.all(instances?.map((instance) => instance.close()) ?? []);
    await redis?.stop();
    await chain?.stop();
  });

  afterEach(async () => {
    chain.control.clear();
    // No instance is still dealing with earlier blocks, which would make invalid what is cached by now.
    await eventually(states, ['live', 'live']);
  });

  const onEach = <T>(read: (api: TestApi) => Promise<T>): Promise<T[]> => Promise.all(instances.map(read));
  const readiness = (): Promise<unknown[]> =>
    onEach(async (api) => (await api.get('/health/ready').expect(200)).body.status as unknown);
  const states = (): Promise<unknown[]> =>
    onEach(async (api) => (await api.get('/health/ready').expect(200)).body.details.chains.r3mes.state as unknown);
  const heights = (): Promise<unknown[]> =>
    onEach(async (api) => (await api.get('/api/blocks/height').expect(200)).body.height as unknown);
  const statsHeights = (): Promise<unknown[]> =>
    onEach(async (api) => (await api.get('/api/network/stats').expect(200)).body.block_height as unknown);
  const newest = (): Promise<unknown[]> =>
    onEach(async (api) => (await api.get('/api/blocks?limit=1').expect(200)).body.blocks[0].height as unknown);
  const everywhere = async (height: number): Promise<void> => {
    for (const read of [heights, statsHeights, newest]) await eventually(read, [height, height]);
  };

  it('shows in the height, the network stats and the blocks of every instance', async () => {
    await everywhere(chain.control.state().height);
    await everywhere(chain.control.produceBlock());
    await everywhere(chain.control.produceBlock(30));
  });

  it('that does not exist yet is refused when somebody posts it, and what is cached keeps', async () => {
    const { height } = chain.control.state();
    const posted = [height, height + 1, height + 2, 9e15].map((one) => event('block.created', { height: one }));
    const results = await resultsOf(instances[0]!, posted);
    expect(results.map(({ status }) => status)).toEqual(['accepted', 'accepted', 'rejected', 'rejected']);
    expect(results[3]!.reason).toBe('data.height: should be at most one block above the head of the chain');
    await everywhere(chain.control.produceBlock());
    const explained = await instances[0]!.get('/api/cache/explain?key=block:height', ADMIN).expect(200);
    // Of a lower block than is demanded it would be 2 s.
    expect(explained.body.l2.freshForMs).toBeGreaterThan(60_000);
  });

  it('makes invalid what is cached of the wallets in its transactions', async () => {
    const [named, other] = [freshWallet(), freshWallet()];
    const [api] = instances as [TestApi];
    for (const wallet of [named, other]) {
      await api.send('post', '/api/users', { walletAddress: wallet }).expect(201);
      await api.get(`/api/users/${wallet}`).expect(200);
    }
    const tiers = (): Promise<unknown[]> =>
      Promise.all([named, other].map(async (wallet) => (await api.get(`/api/users/${wallet}`)).headers['x-cache']));
    expect(await tiers()).toEqual(['L1', 'L1']);
    chain.control.submit([{ kind: 'submit-gradient', miner: named, accepted: true }]);
    const height = chain.control.produceBlock();
    // All of a block is made invalid in one step: once the height shows, so do the wallets.
    await eventually(heights, [height, height]);
    const [ofNamed, ofOther] = await tiers();
    expect(ofNamed).not.toBe('L1');
    expect(ofOther).toBe('L1');
  });

  it('that came while sockets were cut, or was one of many that nobody announced, is seen all the same', async () => {
    await everywhere(chain.control.state().height);
    chain.control.dropSockets();
    await everywhere(chain.control.produceBlock(3));
    chain.control.jump(40);
    await everywhere(chain.control.produceBlock());
  });

  it('that came while the node was away is seen when it is back; until then what is cached answers', async () => {
    const { height } = chain.control.state();
    await everywhere(height);
    chain.control.refuse(true);
    await eventually(readiness, ['degraded', 'degraded']);
    expect(await heights()).toEqual([height, height]);
    const next = chain.control.produceBlock(2);
    chain.control.refuse(false);
    await everywhere(next);
  }, 30_000);

  it('of another chain stops the start, which says what to correct', async () => {
    const running = await startMain({
      PORT: '0',
      DATABASE_URL: await databaseForSpec(),
      THIRDWEB_CLIENT_ID: 'none',
      EVM_CHAINS: '31337=http://127.0.0.1:9',
      R3MES_RPC_URL: chain.rpcUrl,
      R3MES_CHAIN_ID: 'r3mes-1',
    });
    try {
      expect(await running.ended).toBe(1);
      expect(running.errors()).toContain(`is of chain "${chain.chainId}", but "r3mes-1" is wanted`);
    } finally {
      await running.remove();
    }
  }, 30_000);
});
