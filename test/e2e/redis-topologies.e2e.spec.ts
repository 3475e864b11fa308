import type { Devnet } from '@chaincache/devnet';
import { startRedisCluster, startSentinel } from '../support/services.js';
import { freshAddress, startApi, startTestDevnet, type TestApi } from './test-api.js';

interface Topology {
  readonly url: string;
  stop(): Promise<void>;
}

const places = (servers: readonly { readonly host: string; readonly port: number }[]): string =>
  servers.map(({ host, port }) => `${host}:${port}`).join(',');

async function sentinel(): Promise<Topology> {
  const fleet = await startSentinel();
  return { url: `redis+sentinel://${places(fleet.sentinels)}/${fleet.name}`, stop: () => fleet.stop() };
}

async function cluster(): Promise<Topology> {
  const nodes = await startRedisCluster();
  return { url: `redis+cluster://${places(nodes.nodes)}`, stop: () => nodes.stop() };
}

describe('instances of the API', () => {
  let devnet: Devnet;

  beforeAll(async () => {
    devnet = await startTestDevnet({ tokens: 3 });
  }, 60_000);

  afterAll(() => devnet?.stop());

  async function ready(instance: TestApi): Promise<void> {
    while ((await instance.get('/health/ready')).body.status !== 'ok') await new Promise(setImmediate);
  }

  it.each([
    ['Sentinel', sentinel],
    ['a Cluster', cluster],
  ])(
    'share values, and what is invalidated, by way of %s',
    async (_name, start) => {
      const topology = await start();
      const instances = await Promise.all([1, 2].map(() => startApi(devnet, { REDIS_URL: topology.url })));
      const [one, two] = instances as [TestApi, TestApi];
      const tierOf = async (instance: TestApi, address: string): Promise<string> =>
        (await instance.get(`/api/tokens/${address}`).expect(200)).headers['x-cache'] as string;
      try {
        await Promise.all(instances.map(ready));
        const address = freshAddress();
        expect([await tierOf(one, address), await tierOf(two, address)]).toEqual(['MISS', 'L2']);
        const { body } = await two
          .post('/api/cache', { action: 'invalidateWallet', walletAddress: address })
          .expect(200);
        expect(body.status).toBe('applied');
        expect(await tierOf(two, address)).toBe('MISS');
      } finally {
        await Promise.all(instances.map((instance) => instance.close()));
        await topology.stop();
      }
    },
    30_000,
  );
});
