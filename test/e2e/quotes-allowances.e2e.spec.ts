import type { Devnet } from '@chaincache/devnet';
import { startApi, startTestDevnet, type TestApi } from './test-api.js';
import { approve, makeTetherLike, nodeRpc } from './tether-like.token.js';

jest.setTimeout(60_000);

/** `approve(address,uint256)`: the selector, the spender, and what is left is the amount. */
const amountOf = (data: string): bigint => BigInt(`0x${data.slice(2 + 8 + 64)}`);

describe('quotes for a token that somebody may already take', () => {
  let devnet: Devnet;
  let api: TestApi;

  beforeAll(async () => {
    devnet = await startTestDevnet({ tokens: 18 });
    api = await startApi(devnet, { BRIDGE_URL: devnet.bridge.url });
  });
  afterAll(async () => {
    await api?.close();
    await devnet?.stop();
  });

  const quote = async (address: string, amount: bigint) =>
    (
      await api
        .post('/api/quotes', {
          chainId: 31337,
          sender: devnet.wallets[0].address,
          destinationToken: devnet.evm.stable,
          tokens: [{ address, amount: amount.toString() }],
        })
        .expect(200)
    ).body;
  const allow = (address: `0x${string}`, amount: bigint) =>
    approve(nodeRpc(devnet.evm.rpcUrl), address, devnet.wallets[0].address, devnet.evm.market, amount);

  it('take back an old allowance first, so that a token like Tether’s can be sold', async () => {
    const { address, decimals } = devnet.tokens.at(-1)!;
    const one = 10n ** BigInt(decimals);
    await makeTetherLike(nodeRpc(devnet.evm.rpcUrl), address);
    await allow(address, 5n);
    const { quotes, failed, simulated } = await quote(address, one);
    expect([failed, simulated]).toEqual([[], true]);
    const calls: { to: string; data: string }[] = quotes[0].calls;
    expect(calls.map(({ to }) => to.toLowerCase())).toEqual(
      [address, address, devnet.evm.market].map((to) => to.toLowerCase()),
    );
    expect(calls.slice(0, 2).map(({ data }) => amountOf(data))).toEqual([0n, one]);
  });

  it('approve once where nothing was allowed, and not at all where enough was', async () => {
    const { address, decimals } = devnet.tokens.at(-2)!;
    const one = 10n ** BigInt(decimals);
    expect((await quote(address, one)).quotes[0].calls).toHaveLength(2);
    await allow(address, one);
    expect((await quote(address, one)).quotes[0].calls).toHaveLength(1);
  });
});
