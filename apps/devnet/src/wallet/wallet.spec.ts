import { encodeFunctionData, erc20Abi, type Hex } from 'viem';
import { type Devnet, startDevnet } from '../devnet.js';

jest.setTimeout(30_000);

describe('the devnet’s browser wallet', () => {
  let devnet: Devnet;

  beforeAll(async () => {
    devnet = await startDevnet({ tokens: 14 });
  });
  afterAll(() => devnet.stop());

  async function rpc(method: string, ...params: unknown[]): Promise<any> {
    const response = await fetch(`${devnet.browserWallet.url}/rpc`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ method, params }),
    });
    return response.json();
  }
  const transfer = (token: string, amount: bigint) => ({
    to: token,
    data: encodeFunctionData({ abi: erc20Abi, functionName: 'transfer', args: [devnet.wallets[2].address, amount] }),
  });
  const batch = (from: string, calls: readonly { to: string; data: Hex }[], id?: string) =>
    rpc('wallet_sendCalls', {
      version: '2.0.0',
      chainId: '0x7a69',
      from,
      calls,
      atomicRequired: true,
      ...(id && { id }),
    });
  const [stable, second] = [() => devnet.tokens[0]!.address, () => devnet.tokens[2]!.address];

  async function ended(id: string): Promise<any> {
    for (;;) {
      const { result } = await rpc('wallet_getCallsStatus', id);
      if (result.status !== 100) return result;
    }
  }

  it('makes one transaction of a batch, the first time and again', async () => {
    const [alice, , carol] = devnet.wallets;
    for (const id of ['0x01', '0x02']) {
      expect(await batch(alice.address, [transfer(stable(), 5n), transfer(second(), 7n)], id)).toEqual({
        result: { id },
      });
      const { status, receipts } = await ended(id);
      expect([status, receipts.length, receipts[0].logs.length]).toEqual([200, 1, 2]);
    }
    expect(await devnet.control.chain().balanceOf(second(), carol.address)).toBe(14n);
  });

  it('refuses a batch of which one call would fail, and sends nothing', async () => {
    const [alice] = devnet.wallets;
    const before = await devnet.control.chain().balanceOf(stable(), alice.address);
    const frozen = devnet.tokens.find(({ kind }) => kind === 'frozen')!.address;
    const { error } = await batch(alice.address, [transfer(stable(), 1n), transfer(frozen, 1n)]);
    expect(error.message).toContain('revert');
    expect(await devnet.control.chain().balanceOf(stable(), alice.address)).toBe(before);
  });

  it('tells what cannot be by the codes of EIP-1193 and EIP-5792', async () => {
    const [alice, , carol] = devnet.wallets;
    expect((await batch(devnet.evm.market, [transfer(stable(), 1n)])).error.code).toBe(4100);
    expect((await batch(alice.address, [transfer(stable(), 1n)], '0x01')).error.code).toBe(5720);
    expect((await rpc('wallet_getCallsStatus', '0xfeed')).error.code).toBe(5730);
    expect((await rpc('anvil_setBalance', alice.address, '0x0')).error.code).toBe(4200);
    expect((await batch(carol.address, [transfer(stable(), 1n)])).error.message).toMatch(/insufficient funds/i);
  });

  it('is pending until the block comes, and pending again when the block is taken back', async () => {
    const [alice] = devnet.wallets;
    await batch(alice.address, [transfer(stable(), 1n)], '0x10');
    expect((await ended('0x10')).status).toBe(200);
    await devnet.control.chain().reorg(1);
    expect((await rpc('wallet_getCallsStatus', '0x10')).result.status).toBe(100);
  });
});
