import { Bridge, createThirdwebClient } from 'thirdweb';
import { setThirdwebDomains } from 'thirdweb/utils';
import { parseUnits } from 'viem';
import type { TokenKind } from '../chain/token.catalog.js';
import { type Devnet, startDevnet } from '../devnet.js';

jest.setTimeout(30_000);

describe('the devnet’s Bridge, as thirdweb’s SDK sees it', () => {
  let devnet: Devnet;
  const client = createThirdwebClient({ clientId: 'devnet' });

  beforeAll(async () => {
    devnet = await startDevnet({ tokens: 14 });
    setThirdwebDomains({ bridge: new URL(devnet.bridge.url).host });
  });
  afterAll(() => devnet.stop());

  const tokenOf = (kind: TokenKind) => devnet.tokens.find((token) => token.kind === kind)!.address;
  const prepare = (token: string, amount: bigint) =>
    Bridge.Sell.prepare({
      client,
      amount,
      originChainId: 31337,
      originTokenAddress: token as `0x${string}`,
      destinationChainId: 31337,
      destinationTokenAddress: devnet.evm.stable,
      sender: devnet.wallets[0].address,
      receiver: devnet.wallets[0].address,
    });

  it('offers what the market on the chain pays, with an approval and a sale', async () => {
    const offer = await prepare(tokenOf('zero-decimals'), 2n);
    expect(offer.destinationAmount).toBe(parseUnits('24.925', 6));
    expect(
      offer.steps.flatMap(({ transactions }) => transactions).map(({ action, to, chainId }) => [action, to, chainId]),
    ).toEqual([
      ['approval', tokenOf('zero-decimals'), 31337],
      ['sell', devnet.evm.market, 31337],
    ]);
    expect(offer.expiration).toBeGreaterThan(Date.now());
  });

  it('refuses by the Bridge’s codes what nobody buys, what brings nothing and what is too much', async () => {
    await expect(prepare(tokenOf('unpriced'), 1n)).rejects.toMatchObject({ code: 'ROUTE_NOT_FOUND' });
    await expect(prepare(tokenOf('dust'), 1n)).rejects.toMatchObject({ code: 'AMOUNT_TOO_LOW' });
    await expect(prepare(tokenOf('zero-decimals'), 10n ** 12n)).rejects.toMatchObject({ code: 'AMOUNT_TOO_HIGH' });
    await expect(prepare(devnet.evm.stable, 1n)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('names what can be bought by its symbol', async () => {
    const tokens = await Bridge.tokens({ client, chainId: 31337, symbol: 'USDC' });
    expect(tokens.map(({ address, decimals }) => [address, decimals])).toEqual([[devnet.evm.stable, 6]]);
  });

  it('fails when it is told to, and recovers', async () => {
    devnet.control.bridge.fail(500, 1);
    await expect(prepare(tokenOf('zero-decimals'), 1n)).rejects.toMatchObject({ statusCode: 500 });
    expect((await prepare(tokenOf('zero-decimals'), 1n)).originAmount).toBe(1n);
  });
});
