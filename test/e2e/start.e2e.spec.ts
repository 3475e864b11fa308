import type { Devnet } from '@chaincache/devnet';
import { type MainProcess, startMain } from './main.process.js';
import { freshAddress, startTestDevnet } from './test-api.js';

describe('the built application', () => {
  let running: MainProcess | undefined;

  afterEach(async () => {
    await running?.remove();
    running = undefined;
  });

  async function refusal(environment: Readonly<Record<string, string>>): Promise<string[]> {
    running = await startMain(environment);
    expect(await running.ended).toBe(1);
    expect(running.output()).not.toContain('ready');
    return running.errors().trim().split('\n').slice(1);
  }

  it('names every wrong variable and what it should be, and starts nothing', async () => {
    const lines = await refusal({ PORT: '99999', LOG_LEVEL: 'loud', REDIS_ULR: 'redis://x' });
    expect(lines).toHaveLength(3);
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^PORT is "99999": it should be a port from 0/),
        expect.stringMatching(/^LOG_LEVEL is "loud": it should be fatal, error/),
        'REDIS_ULR is not known: did you mean REDIS_URL?',
      ]),
    );
  });

  it('never repeats a secret', async () => {
    const lines = await refusal({ DATABASE_URL: 'mysql://root:hunter2@db/x', ADMIN_API_KEY: 'hunter2' });
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['DATABASE_URL', 'ADMIN_API_KEY']);
    expect(lines.join('\n')).not.toContain('hunter2');
  });

  it('replaces nothing in production: what is missing is named', async () => {
    const lines = await refusal({ NODE_ENV: 'production' });
    const names = lines.map((line) => line.split(' ')[0]);
    expect(names).toEqual(
      expect.arrayContaining([
        'DATABASE_URL',
        'EVM_CHAINS',
        'R3MES_RPC_URL',
        'R3MES_API_URL',
        'JWT_SECRET',
        'AUTH_DOMAIN',
        'THIRDWEB_CLIENT_ID',
      ]),
    );
  });

  it('starts with nothing configured: a devnet, its wallets, one ready line; and ends on SIGTERM', async () => {
    running = await startMain({ PORT: '0' });
    const url = await running.ready;
    const wallet = /wallet\s+(0x\w{40})\s+alice/.exec(running.output())![1]!;
    const answer = await fetch(`${url}/api/tokens/${wallet}?limit=100`);
    const { tokens } = (await answer.json()) as { tokens: unknown[] };
    expect([answer.status, tokens.length]).toEqual([200, 100]);
    expect(running.output().match(/^ready /gm)).toHaveLength(1);
    await showsR3mes(url, running.output());
    running.child.kill('SIGTERM');
    expect(await running.ended).toBe(0);
  }, 60_000);

  /** The local chain and the local database, filled, know the same wallets, right after `ready`. */
  async function showsR3mes(url: string, output: string): Promise<void> {
    const json = async (path: string): Promise<Record<string, unknown>> => {
      const answer = await fetch(`${url}/api/${path}`);
      expect([path, answer.status]).toEqual([path, 200]);
      return (await answer.json()) as Record<string, unknown>;
    };
    const { height } = await json('blocks/height');
    expect(height).toBeGreaterThanOrEqual(1);
    expect((await json('blocks?limit=1')).blocks).toHaveLength(1);
    const stats = await json('network/stats');
    expect(stats.partial).toBeUndefined();
    expect(stats.active_miners).toBeGreaterThan(0);
    expect(stats.total_users).toBe(1_000);
    const [miner, user] = ['miner', 'user'].map((role) => new RegExp(`(remes1\\w+) +${role}:`).exec(output)![1]!);
    expect(await json(`users/${miner}`)).toMatchObject({ is_miner: true });
    expect(await json(`users/${user}`)).toMatchObject({ is_miner: false });
    expect((await json(`miners/${miner}/earnings?days=30`)).earnings).not.toEqual([]);
  }

  describe('with an upstream', () => {
    let devnet: Devnet;

    beforeAll(async () => {
      devnet = await startTestDevnet({ tokens: 3 });
    }, 60_000);

    afterAll(() => devnet.stop());

    it('finishes what is under way when it is told to stop, and takes nothing new', async () => {
      running = await startMain({
        PORT: '0',
        THIRDWEB_CLIENT_ID: devnet.insight.clientId,
        INSIGHT_URL: devnet.insight.url,
        EVM_CHAINS: `31337=${devnet.evm.rpcUrl}`,
      });
      const url = await running.ready;
      devnet.control.insight.fail({ kind: 'delay', delayMs: 500 });
      const address = freshAddress();
      const underWay = fetch(`${url}/api/tokens/${address}`);
      while (devnet.control.insight.counts().byWallet[address] === undefined) await new Promise(setImmediate);
      running.child.kill('SIGTERM');
      expect((await underWay).status).toBe(200);
      expect(await running.ended).toBe(0);
      await expect(fetch(`${url}/health/live`)).rejects.toThrow('fetch failed');
    }, 30_000);
  });
});
