import { EventEmitter2 } from '@nestjs/event-emitter';
import { type R3mesChain, startR3mesChain } from '@chaincache/devnet';
import { BlockCreated } from '../../src/catalog/events/block-created.event.js';
import { UserLoggedIn } from '../../src/catalog/events/user-logged-in.event.js';
import { databaseForSpec } from './database-for-spec.js';
import { ADMIN, freshWallet, type TestApi, startR3mesApi } from './r3mes-api.js';

describe('warming', () => {
  let chain: R3mesChain;
  let api: TestApi;

  beforeAll(async () => {
    chain = await startR3mesChain({ blockInterval: 'manual' });
    chain.control.produceBlock(3);
    const environment = { R3MES_RPC_URL: chain.rpcUrl, R3MES_API_URL: chain.apiUrl };
    api = await startR3mesApi({ ...environment, DATABASE_URL: await databaseForSpec() });
    while ((await api.get('/health/ready')).body.status !== 'ok') await new Promise(setImmediate);
  }, 60_000);

  afterAll(async () => {
    await api?.close();
    await chain?.stop();
  });

  const tierOf = async (path: string): Promise<unknown> => (await api.get(path).expect(200)).headers['x-cache'];
  const emit = (event: object): Promise<unknown> =>
    api.app.get(EventEmitter2).emitAsync((event.constructor as unknown as { type: string }).type, event);
  const state = async () => (await api.get('/api/cache/warm', ADMIN).expect(200)).body;

  async function untilWarmed(entry: string, count: number): Promise<void> {
    while (((await state()).entries[entry]?.warmed ?? 0) < count)
      await new Promise((resolve) => setTimeout(resolve, 10));
  }

  it('at start: the first reader of the network, the blocks and the height hits', async () => {
    while ((await api.get('/health/startup')).status !== 200) await new Promise(setImmediate);
    for (const entry of ['network stats', 'recent blocks', 'block height']) await untilWarmed(entry, 1);
    for (const path of ['/api/network/stats', '/api/blocks', '/api/blocks/height'])
      expect(await tierOf(path)).toBe('L1');
  });

  it('at a block: what it made invalid is warm again before anybody asks', async () => {
    const { entries: before } = await state();
    chain.control.produceBlock();
    await emit(new BlockCreated(4));
    for (const entry of ['network stats', 'recent blocks', 'block height']) {
      await untilWarmed(entry, before[entry].warmed + 1);
    }
    expect(await tierOf('/api/blocks/height')).toBe('L1');
  });

  it('at a login and a registration: the user and the miner', async () => {
    const wallet = freshWallet();
    await api.send('post', '/api/users', { walletAddress: wallet }).expect(201);
    await emit(new UserLoggedIn(wallet));
    await untilWarmed('user info', 1);
    await untilWarmed('user credits', 1);
    expect(await tierOf(`/api/users/${wallet}`)).toBe('L1');
    await api.send('post', '/api/miners', { walletAddress: wallet }).expect(201);
    await untilWarmed('miner stats', 1);
    expect(await tierOf(`/api/miners/${wallet}/stats`)).toBe('L1');
    expect((await state()).entries['miner stats']).toMatchObject({ warmed: 1, used: 1 });
  });

  describe('POST /api/cache/warm', () => {
    const order = (body: unknown, headers: Readonly<Record<string, string>> = ADMIN) =>
      api.send('post', '/api/cache/warm', body, headers);

    it('loads anew what is nobody’s, and tells what came of it', async () => {
      const { body } = await order({}).expect(200);
      const done = { warmed: 1, failed: 0, skipped: 0 };
      expect(body).toMatchObject({ status: 'done', total: 3 });
      expect(Object.keys(body.entries).toSorted()).toEqual(['block height', 'network stats', 'recent blocks']);
      expect([done, { ...done, warmed: 0, skipped: 1 }]).toContainEqual(body.entries['network stats']);
      expect((await state()).order).toEqual(body);
    });

    it('loads the entries of wallets, each once', async () => {
      const wallet = freshWallet();
      await api.send('post', '/api/miners', { walletAddress: wallet }).expect(201);
      const { body } = await order({ entries: ['miner earnings', 'miner hashrate'], wallets: [wallet, wallet] }).expect(
        200,
      );
      expect(body).toMatchObject({
        total: 2,
        entries: { 'miner earnings': { warmed: 1 }, 'miner hashrate': { warmed: 1 } },
      });
      expect(await tierOf(`/api/miners/${wallet}/earnings`)).toBe('L1');
    });

    it('tells of loads that fail, and names no wallet in the log', async () => {
      const { body } = await order({ entries: ['token balances'], wallets: [`0x${'1'.repeat(40)}`] }).expect(200);
      expect(body.entries).toEqual({ 'token balances': { warmed: 0, failed: 1, skipped: 0 } });
      const line = api.log.find((text) => text.includes('warm.failed'));
      expect(line).toContain('token balances');
      expect(line).not.toContain('1111111');
    }, 20_000);

    it.each([
      [{ entries: ['api key'] }, 'entries.0'],
      [{ entries: 'all' }, 'entries'],
      [{ wallets: ['0x12'] }, 'wallets.0'],
      [{ wallets: Array(101).fill(`0x${'1'.repeat(40)}`) }, 'wallets'],
      [{ entries: ['token balances'] }, 'wallets'],
      [{ entries: ['user info'], wallets: [`0x${'1'.repeat(40)}`] }, 'wallets'],
      [{ all: true }, 'body'],
    ])('refuses %j by the name of the field', async (body, field) => {
      const { body: problem } = await order(body).expect(400);
      expect((problem.errors as { field: string }[]).map((error) => error.field)).toContain(field);
    });

    it('is for admins of the cache', async () => {
      await order({}, {}).expect(401);
      await api.get('/api/cache/warm').expect(401);
    });
  });
});
