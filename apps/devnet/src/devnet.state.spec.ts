import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getV1Tokens } from '@thirdweb-dev/insight';
import { type Devnet, type DevnetOptions, startDevnet } from './devnet.js';

jest.setTimeout(20_000);

describe("the devnet's state", () => {
  let stateDir: string;
  const running: Devnet[] = [];

  beforeEach(() => {
    stateDir = mkdtempSync(join(tmpdir(), 'devnet-state-'));
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((devnet) => devnet.stop()));
    rmSync(stateDir, { recursive: true, maxRetries: 10 });
  });

  const start = async (options: DevnetOptions = {}) => {
    const devnet = await startDevnet({ tokens: 14, chainIds: [31337, 31338], stateDir, ...options });
    running.push(devnet);
    return devnet;
  };
  const rowsOf = async (devnet: Devnet, wallet: number) => {
    const { data } = await getV1Tokens({
      baseUrl: devnet.insight.url,
      headers: { 'x-client-id': devnet.insight.clientId },
      query: { chain_id: [31337, 31338], owner_address: [devnet.wallets[wallet]!.address], metadata: 'true' },
    });
    return data!.data;
  };

  it('outlives a restart: the same wallets, contracts and balances, and the chain goes on', async () => {
    const first = await start();
    const order = { token: first.evm.stable, from: first.wallets[0].address, to: first.wallets[2].address };
    await first.control.chain().transfer({ ...order, amount: 11n });
    const before = [await rowsOf(first, 0), await rowsOf(first, 1), await rowsOf(first, 2)];
    const height = await first.control.chain().blockNumber();
    await first.stop();

    const second = await start();
    expect(second.wallets).toEqual(first.wallets);
    expect(second.tokens).toEqual(first.tokens);
    expect([await rowsOf(second, 0), await rowsOf(second, 1), await rowsOf(second, 2)]).toEqual(before);
    expect(await second.control.chain().blockNumber()).toBe(height);
    await second.control.chain().transfer({ ...order, amount: 1n });
    expect(await rowsOf(second, 2)).toMatchObject([{ balance: '12' }]);
    await second.stop();

    const third = await start();
    expect(await rowsOf(third, 2)).toMatchObject([{ balance: '12' }]);
  });

  it('is never an older one: a chain that was lost comes back with other wallets', async () => {
    const first = await start();
    await first.stop();
    const second = await start();
    expect(second.wallets).toEqual(first.wallets);
    process.kill(second.evm.pid, 'SIGKILL');
    await second.stop();
    const third = await start();
    expect(third.wallets.map(({ address }) => address)).not.toEqual(first.wallets.map(({ address }) => address));
    expect(await rowsOf(third, 0)).toHaveLength(17);
  });

  it('survives a start that fails', async () => {
    const first = await start();
    const order = { token: first.evm.stable, from: first.wallets[0].address, to: first.wallets[2].address };
    await first.control.chain().transfer({ ...order, amount: 11n });
    const busy = await start({ stateDir: undefined });
    await first.stop();
    await expect(start({ ports: { evm: Number(new URL(busy.evm.rpcUrl).port) } })).rejects.toThrow('in use');
    expect(await rowsOf(await start(), 2)).toMatchObject([{ balance: '11' }]);
  });

  it('belongs to one devnet at a time', async () => {
    const first = await start();
    await expect(start()).rejects.toThrow('Another devnet uses this state folder');
    expect(await rowsOf(first, 1)).not.toEqual([]);
  });

  it('is nowhere without a folder: each run has wallets of its own, unless their words are given', async () => {
    const mnemonic = 'test test test test test test test test test test test junk';
    const options = { stateDir: undefined, chainIds: [31337] };
    const [one, other, given] = await Promise.all([start(options), start(options), start({ ...options, mnemonic })]);
    expect(one.wallets[0].address).not.toBe(other.wallets[0].address);
    expect(given.wallets[0].address).toBe('0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266');
  });
});
