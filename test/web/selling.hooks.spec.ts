import { tokenId } from '@chaincache/react';
import { held, invalidationsOf, knowsNoBatches, selectAndQuote, selectTokens, stageSelling } from './selling.stage.js';

jest.setTimeout(120_000);

describe('selling in a batch', () => {
  const stage = stageSelling();

  /** Resolves when the wallet is cached: the watcher of the chain may invalidate it once more, and the page asks again. */
  async function untilCached(wallet: string): Promise<void> {
    while (!(await stage.api.get(`/api/cache?wallet=${wallet}`).expect(200)).body.exists) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  it('sells three in one transaction; the balances after it are the chain’s, and cached', async () => {
    const { tab, hook } = stage.sweep(stage.accountOf(0), { live: true });
    const sold = stage.ordinary(3);
    await selectAndQuote(hook, sold);
    const usdc = BigInt(held(hook.current(), stage.kind('stable'))!.balance);
    await hook.current().selling.executeBatchSell();
    const { selling } = await hook.until((now) => sold.every((token) => held(now, token) === undefined));
    const { tradeSummary, receipt, invalidation } = selling;
    expect(tradeSummary!.successfulTokens.map(({ address }) => address).sort()).toEqual(
      sold.map(({ address }) => address.toLowerCase()).sort(),
    );
    expect(tradeSummary!.failedTokens).toEqual([]);
    expect(invalidation).toEqual({ status: 'done', attempts: 1 });
    expect(BigInt(held(hook.current(), stage.kind('stable'))!.balance)).toBe(
      usdc + BigInt(tradeSummary!.receivedAmount!),
    );
    const told = invalidationsOf(tab);
    expect(told.map(({ body }) => [body!.minBlock, body!.chainId])).toEqual([[receipt!.blockNumber, 31337]]);
    await untilCached(stage.devnet.wallets[0].address);
  });

  it('invalidates after the receipt, never when it is only submitted', async () => {
    const { tab, hook } = stage.sweep(stage.accountOf(0));
    await selectAndQuote(hook, stage.ordinary(1));
    await stage.rpc('evm_setAutomine', false);
    const sale = hook.current().selling.executeBatchSell();
    await hook.until(({ selling }) => selling.progress[2]?.state === 'active');
    expect(invalidationsOf(tab)).toEqual([]);
    await stage.rpc('evm_mine');
    await sale;
    expect(invalidationsOf(tab)).toHaveLength(1);
  });

  it('sells one by one with a wallet that knows no batches', async () => {
    const { hook } = stage.sweep(stage.accountOf(0, knowsNoBatches));
    const sold = stage.ordinary(2);
    await selectAndQuote(hook, sold);
    await hook.current().selling.executeBatchSell();
    const { selling } = await hook.until((now) => sold.every((token) => held(now, token) === undefined));
    expect(selling.tradeSummary!.transactionHashes).toHaveLength(4);
  });

  it('quotes although it was asked before it is known what tokens can be sold for', async () => {
    const { tab, hook } = stage.sweep(stage.accountOf(0));
    let letGo = (): void => undefined;
    const held = new Promise<undefined>((resolve) => (letGo = () => resolve(undefined)));
    tab.intercept = ({ path }) => (path === '/api/quotes/destinations' ? held : undefined);
    await hook.until(({ balances }) => balances.tokens.length > 0);
    const [token] = stage.ordinary(1);
    hook.current().selling.handleTokenSelect(tokenId({ chainId: 31337, address: token!.address }));
    const { selling } = await hook.until((now) => now.selling.selectedTokens.size === 1);
    const quoting = selling.requestQuote();
    expect((await hook.until((now) => now.selling.quoting)).selling.destinationToken).toBeUndefined();
    letGo();
    expect((await quoting)!.answer.quotes).toHaveLength(1);
    await hook.until((now) => now.selling.quote?.destination.symbol === 'USDC' && !now.selling.quoting);
  });

  it('pays out in the token that was chosen, which is then not sold itself', async () => {
    const { hook } = stage.sweep(stage.accountOf(0));
    const [sold] = stage.ordinary(1);
    await selectTokens(hook, [sold!, stage.kind('plain')]);
    const { destinations, destinationToken, setDestinationToken } = hook.current().selling;
    expect(destinations.map(({ symbol }) => symbol)).toEqual(['USDC', 'WBTC']);
    expect(destinationToken!.symbol).toBe('USDC');
    setDestinationToken(destinations[1]!);
    const { selling } = await hook.until((now) => now.selling.destinationToken?.symbol === 'WBTC');
    expect([...selling.selectedTokens]).toEqual([tokenId({ chainId: 31337, address: sold!.address.toLowerCase() })]);

    const before = BigInt(held(hook.current(), stage.kind('plain'))!.balance);
    await selling.requestQuote();
    await hook.until((now) => now.selling.quote?.destination.symbol === 'WBTC');
    await hook.current().selling.executeBatchSell();
    const after = await hook.until((now) => held(now, sold!) === undefined);
    const { receivedAmount } = after.selling.tradeSummary!;
    expect(BigInt(held(after, stage.kind('plain'))!.balance)).toBe(before + BigInt(receivedAmount!));
  });
});
