import { type Address, createPublicClient, createWalletClient, erc20Abi, http, parseUnits } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { type Devnet, startDevnet } from '../devnet.js';
import { MARKET_ABI } from './contract.abis.js';
import type { TokenKind } from './token.catalog.js';

jest.setTimeout(20_000);

describe('the market on the chain', () => {
  let devnet: Devnet;
  let seller: ReturnType<typeof sellerOf>;

  beforeAll(async () => {
    devnet = await startDevnet({ tokens: 14 });
    seller = sellerOf(devnet);
  });
  afterAll(() => devnet.stop());

  const tokenOf = (kind: TokenKind, symbol?: string) =>
    devnet.tokens.find((token) => token.kind === kind && (symbol === undefined || token.symbol === symbol))!.address;

  it('quotes by the prices that stand in it, less 0.3 %', async () => {
    const amountOut = await seller.quote(tokenOf('plain', 'DGOV'), parseUnits('10', 18));
    expect(amountOut).toBe(parseUnits('32.175', 6) - parseUnits('0.096525', 6));
    expect(await seller.quote(tokenOf('zero-decimals'), 2n)).toBe(parseUnits('24.925', 6));
  });

  it('buys what was approved, and pays what it quoted', async () => {
    const token = tokenOf('plain', 'DGOV');
    const amount = parseUnits('1', 18);
    const quoted = await seller.quote(token, amount);
    const before = await seller.balances(token);
    await seller.sell(token, amount, { minOut: quoted });
    const after = await seller.balances(token);
    expect(after).toEqual({ token: before.token - amount, stable: before.stable + quoted });
  });

  it('pays for what arrived of a token that takes a fee, and refuses when that is too little', async () => {
    const token = tokenOf('fee-on-transfer');
    const amount = parseUnits('100', 18);
    const quoted = await seller.quote(token, amount);
    await expect(seller.sell(token, amount, { minOut: quoted })).rejects.toThrow('Slippage');
    const { stable } = await seller.balances(token);
    await seller.sell(token, amount, { minOut: 0n });
    const arrived = await seller.quote(token, parseUnits('99', 18));
    expect((await seller.balances(token)).stable).toBe(stable + arrived);
  });

  it('refuses when the price has fallen below the wanted minimum', async () => {
    const token = tokenOf('empty-symbol');
    const minOut = await seller.quote(token, parseUnits('1', 18));
    await devnet.control.chain().setPrice(token, '1.24');
    await expect(seller.sell(token, parseUnits('1', 18), { minOut })).rejects.toThrow('Slippage');
  });

  it('refuses after the deadline', async () => {
    const sale = seller.sell(tokenOf('plain', 'DGOV'), 1n, { minOut: 0n, deadline: 1n });
    await expect(sale).rejects.toThrow('DeadlinePassed');
  });

  it('refuses a token without a price, one that cannot be moved, and more than its reserve', async () => {
    await expect(seller.quote(tokenOf('unpriced'), 1n)).rejects.toThrow('NoPrice');
    await expect(seller.sell(tokenOf('frozen'), 1n, { minOut: 0n })).rejects.toThrow('reverted');
    await expect(seller.quote(tokenOf('plain', 'DGOV'), parseUnits('100000000', 18))).rejects.toThrow(
      'ReserveTooSmall',
    );
  });
});

/** The first wallet with viem's own clients: it signs by itself, as a browser wallet does. */
function sellerOf(devnet: Devnet) {
  const [alice] = devnet.wallets;
  const { market, stable, rpcUrl } = devnet.evm;
  const account = privateKeyToAccount(alice.privateKey);
  const reader = createPublicClient({ transport: http(rpcUrl), pollingInterval: 20 });
  const wallet = createWalletClient({ account, transport: http(rpcUrl) });
  const balanceOf = (token: Address) =>
    reader.readContract({ address: token, abi: erc20Abi, functionName: 'balanceOf', args: [alice.address] });
  return {
    quote: (token: Address, amount: bigint) =>
      reader.readContract({ address: market, abi: MARKET_ABI, functionName: 'quote', args: [token, stable, amount] }),
    balances: async (token: Address) => ({ token: await balanceOf(token), stable: await balanceOf(stable) }),
    sell: async (token: Address, amount: bigint, limits: { minOut: bigint; deadline?: bigint }) => {
      const approval = { address: token, abi: erc20Abi, functionName: 'approve', args: [market, amount] } as const;
      await reader.waitForTransactionReceipt({ hash: await wallet.writeContract({ ...approval, chain: null }) });
      const deadline = limits.deadline ?? 2n ** 64n;
      const args = [token, amount, stable, limits.minOut, alice.address, deadline] as const;
      const { request } = await reader.simulateContract({
        account,
        address: market,
        abi: MARKET_ABI,
        functionName: 'sell',
        args,
      });
      await reader.waitForTransactionReceipt({ hash: await wallet.writeContract({ ...request, chain: null }) });
    },
  };
}
