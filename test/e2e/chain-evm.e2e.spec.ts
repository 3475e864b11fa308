import type { Devnet, DevnetToken } from '@chaincache/devnet';
import { startRedis, tcpProxy, type TcpProxy, type TestRedis } from '../support/services.js';
import { databaseForSpec } from './database-for-spec.js';
import { startMain } from './main.process.js';
import { freshAddress, startApi, startTestDevnet, type TestApi } from './test-api.js';

/** Far longer than it takes, and far shorter than what is cached lives. */
const PATIENCE_MS = 10_000;

async function eventually<T>(read: () => Promise<T>, wanted: T): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await read();
    if (JSON.stringify(found) === JSON.stringify(wanted)) return;
    if (performance.now() > deadline) return expect(found).toEqual(wanted);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const readiness = async (api: TestApi): Promise<unknown> => (await api.get('/health/ready').expect(200)).body.status;

/** Of one token, in its smallest unit. */
async function balanceOn(api: TestApi, wallet: string, token: DevnetToken): Promise<string> {
  const { body } = await api.get(`/api/tokens/${wallet}?limit=100&includeSpam=true`).expect(200);
  const tokens = body.tokens as readonly {
    readonly address: string;
    readonly chainId: number;
    readonly balance: string;
  }[];
  return tokens.find(({ address }) => address === token.address.toLowerCase())?.balance ?? '0';
}

async function ttlOn(api: TestApi, wallet: string): Promise<number> {
  return (await api.get(`/api/cache?wallet=${wallet}`).expect(200)).body.ttl as number;
}

describe('a transfer on an EVM chain', () => {
  let devnet: Devnet;
  let redis: TestRedis;
  let instances: TestApi[];

  beforeAll(async () => {
    [devnet, redis] = await Promise.all([startTestDevnet({ tokens: 5 }), startRedis()]);
    const environment = { REDIS_URL: redis.url };
    instances = await Promise.all([startApi(devnet, environment), startApi(devnet, environment)]);
    for (const instance of instances) await eventually(() => readiness(instance), 'ok');
  }, 60_000);

  afterAll(async () => {
    await Promise.all(instances?.map((instance) => instance.close()) ?? []);
    await redis?.stop();
    await devnet?.stop();
  });

  afterEach(() => devnet.control.insight.clear());

  const chain = () => devnet.control.chain();
  const plain = (): DevnetToken => devnet.tokens.find(({ kind }) => kind === 'plain')!;
  const send = (to: string, amount: bigint) =>
    chain().transfer({ token: plain().address, from: devnet.wallets[0].address, to: to as `0x${string}`, amount });
  const balances = (wallet: string): Promise<string[]> =>
    Promise.all(instances.map((instance) => balanceOn(instance, wallet, plain())));

  it('is seen on every instance although nobody called the API', async () => {
    const wallet = freshAddress();
    expect(await balances(wallet)).toEqual(['0', '0']);
    await send(wallet, 5n);
    await eventually(() => balances(wallet), ['5', '5']);
  });

  it('changes what its sender has, too', async () => {
    const [alice] = devnet.wallets;
    const [before] = await balances(alice.address);
    await send(freshAddress(), 7n);
    const after = String(BigInt(before!) - 7n);
    await eventually(() => balances(alice.address), [after, after]);
  });

  it('is taken back when a reorganisation undoes it', async () => {
    const wallet = freshAddress();
    await send(wallet, 3n);
    await chain().mine(5);
    await eventually(() => balances(wallet), ['3', '3']);
    await chain().reorg(6);
    await eventually(() => balances(wallet), ['0', '0']);
    await send(wallet, 2n);
    await eventually(() => balances(wallet), ['2', '2']);
    // A node that says nothing of a reorganisation is asked after 5 s of silence.
  }, 20_000);

  it('is not hidden by an indexer that lags behind: its old answer is kept for 2 s at most, the new one for long', async () => {
    const wallet = freshAddress();
    devnet.control.insight.fail({ kind: 'lag', blocks: 1 });
    expect(await balances(wallet)).toEqual(['0', '0']);
    await send(wallet, 4n);
    const ttls = (): Promise<number[]> => Promise.all(instances.map((instance) => ttlOn(instance, wallet)));
    await eventually(async () => (await ttls()).some((ttl) => ttl > 2), false);
    expect(await balances(wallet)).toEqual(['0', '0']);
    expect(Math.max(...(await ttls()))).toBeLessThanOrEqual(2);
    devnet.control.insight.clear();
    await eventually(() => balances(wallet), ['4', '4']);
    expect(Math.min(...(await ttls()))).toBeGreaterThan(200);
  });
});

describe('transfers on several EVM chains', () => {
  let devnet: Devnet;
  let redis: TestRedis;
  let api: TestApi;

  beforeAll(async () => {
    [devnet, redis] = await Promise.all([startTestDevnet({ tokens: 5, chainIds: [31337, 31338] }), startRedis()]);
    // Far higher than the other: a height of the one says nothing of the other.
    await devnet.control.chain(31337).mine(100);
    api = await startApi(devnet, { REDIS_URL: redis.url });
    await eventually(() => readiness(api), 'ok');
  }, 60_000);

  afterAll(async () => {
    await api?.close();
    await redis?.stop();
    await devnet?.stop();
  });

  afterEach(() => devnet.control.insight.clear());

  it.each([31337, 31338])(
    'on chain %i: the new balance is kept for long, a lagging one for 2 s at most',
    async (id) => {
      const wallet = freshAddress();
      const token = devnet.chains.find(({ chainId }) => chainId === id)!.tokens[0]!;
      const from = devnet.wallets[0].address;
      const send = () =>
        devnet.control.chain(id).transfer({ token: token.address, from, to: wallet as `0x${string}`, amount: 1n });
      expect(await balanceOn(api, wallet, token)).toBe('0');
      await send();
      await eventually(() => balanceOn(api, wallet, token), '1');
      expect(await ttlOn(api, wallet)).toBeGreaterThan(200);

      devnet.control.insight.fail({ kind: 'lag', blocks: 1 });
      await send();
      await eventually(async () => (await ttlOn(api, wallet)) > 2, false);
      expect(await balanceOn(api, wallet, token)).toBe('1');
      expect(await ttlOn(api, wallet)).toBeLessThanOrEqual(2);
    },
  );
});

describe('an instance whose EVM node', () => {
  let devnet: Devnet;
  let proxy: TcpProxy;
  let api: TestApi;

  beforeAll(async () => {
    devnet = await startTestDevnet({ tokens: 3 });
    proxy = await tcpProxy({ target: devnet.evm.wsUrl });
    // Without Redis: no other instance tells it what it missed.
    api = await startApi(devnet, { EVM_CHAINS: `${devnet.evm.chainId}=${devnet.evm.rpcUrl}|${proxy.url}` });
    await eventually(() => readiness(api), 'ok');
  }, 60_000);

  afterAll(async () => {
    await api?.close();
    await proxy?.close();
    await devnet?.stop();
  });

  it('was out of reach while five transfers passed has seen all of them afterwards', async () => {
    const token = devnet.tokens[0]!;
    const wallets = Array.from({ length: 5 }, () => freshAddress());
    const balances = (): Promise<string[]> => Promise.all(wallets.map((wallet) => balanceOn(api, wallet, token)));
    await balances();
    await proxy.refuse();
    await eventually(() => readiness(api), 'degraded');
    for (const wallet of wallets) {
      const to = wallet as `0x${string}`;
      await devnet.control.chain().transfer({ token: token.address, from: devnet.wallets[0].address, to, amount: 9n });
    }
    expect(await balances()).toEqual(['0', '0', '0', '0', '0']);
    await proxy.restore();
    await eventually(() => readiness(api), 'ok');
    await eventually(balances, ['9', '9', '9', '9', '9']);
  }, 30_000);

  it('is of another chain does not start, and says what to correct', async () => {
    const running = await startMain({
      PORT: '0',
      DATABASE_URL: await databaseForSpec(),
      THIRDWEB_CLIENT_ID: 'devnet',
      EVM_CHAINS: `8453=${devnet.evm.rpcUrl}|${devnet.evm.wsUrl}`,
    });
    try {
      expect(await running.ended).toBe(1);
      expect(running.errors()).toMatch(/node at 127\.0\.0\.1:\d+ is of chain "31337", but "8453" is wanted/);
      expect(running.output()).not.toContain('ready');
    } finally {
      await running.remove();
    }
  }, 30_000);
});
