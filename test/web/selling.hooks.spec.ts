import { memoryPending, openTab, type RenderedHook, type Tab } from './hooks.harness.js';
import type { Devnet, TokenKind } from '@chaincache/devnet';
import {
  type SellingAccount,
  type TokenBalance,
  tokenId,
  useBatchSelling,
  type UseBatchSelling,
  useTokenBalances,
  type UseTokenBalances,
} from '@chaincache/react';
import { viemAccount } from '@chaincache/react/viem';
import { createWalletClient, custom } from 'viem';
import { startApi, startTestDevnet, type TestApi } from '../e2e/test-api.js';

jest.setTimeout(120_000);

interface Sweep {
  readonly balances: UseTokenBalances;
  readonly selling: UseBatchSelling;
}
type SweepHook = RenderedHook<SellingAccount, Sweep>;

describe('selling in a batch', () => {
  let devnet: Devnet;
  let api: TestApi;
  const tabs: Tab[] = [];

  beforeAll(async () => {
    devnet = await startTestDevnet({ tokens: 60 });
    api = await startApi(devnet, { BRIDGE_URL: devnet.bridge.url });
  });
  afterEach(async () => {
    devnet.control.bridge.clear();
    await rpc('evm_setAutomine', true);
    for (const tab of tabs.splice(0)) tab.close();
  });
  afterAll(async () => {
    await api?.close();
    await devnet?.stop();
  });

  async function rpc(method: string, ...params: unknown[]): Promise<unknown> {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(devnet.evm.rpcUrl, { method: 'POST', headers, body });
    return (await answer.json()).result;
  }

  /** The devnet's wallet as a page sees it, with a person who always agrees unless `before` throws. */
  function accountOf(index: 0 | 1 | 2, before: (method: string) => unknown = () => undefined): SellingAccount {
    const request = async ({ method, params = [] }: { method: string; params?: unknown }): Promise<unknown> => {
      await before(method);
      const response = await fetch(`${devnet.browserWallet.url}/rpc`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ method, params }),
      });
      const { result, error } = await response.json();
      if (error) throw Object.assign(new Error(error.message), error);
      return result;
    };
    const transport = custom({ request } as never, { retryCount: 0 });
    return viemAccount(createWalletClient({ account: devnet.wallets[index].address, transport }));
  }
  const declines = (method: string): void => {
    if (method === 'wallet_sendCalls') throw Object.assign(new Error('User rejected the request.'), { code: 4001 });
  };
  const knowsNoBatches = (method: string): void => {
    if (method.startsWith('wallet_')) throw Object.assign(new Error('Unsupported method'), { code: 4200 });
  };

  function sweep(account: SellingAccount, options?: Parameters<typeof openTab>[1]): { tab: Tab; hook: SweepHook } {
    const tab = openTab(api.url, options);
    tabs.push(tab);
    const use = (given: SellingAccount): Sweep => {
      const balances = useTokenBalances(given.address);
      return { balances, selling: useBatchSelling(given, balances.tokens) };
    };
    return { tab, hook: tab.render(use, account) };
  }

  const held = ({ balances }: Sweep, { address }: { address: string }): TokenBalance | undefined =>
    balances.tokens.find((token) => token.address === address.toLowerCase());
  const kind = (wanted: TokenKind) => devnet.tokens.find((token) => token.kind === wanted)!;
  let nextOrdinary = 20;
  /** Ordinary tokens that no other test has sold. */
  const ordinary = (count: number) => devnet.tokens.slice(nextOrdinary, (nextOrdinary += count));

  async function selectAndQuote(hook: SweepHook, tokens: readonly { address: string }[]): Promise<void> {
    await hook.until(({ balances, selling }) => balances.tokens.length > 0 && selling.destinationToken !== undefined);
    for (const token of tokens)
      hook.current().selling.handleTokenSelect(tokenId({ chainId: 31337, address: token.address }));
    await hook.until(({ selling }) => selling.selectedTokens.size === tokens.length);
    await hook.current().selling.requestQuote();
    await hook.until(({ selling }) => selling.quote !== undefined);
  }

  /** Resolves when the wallet is cached: the watcher of the chain may invalidate it once more, and the page asks again. */
  async function cached(wallet: string): Promise<void> {
    while (!(await api.get(`/api/cache?wallet=${wallet}`).expect(200)).body.exists) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  it('sells three in one transaction; the balances after it are the chain’s, and cached', async () => {
    const { tab, hook } = sweep(accountOf(0), { live: true });
    const sold = ordinary(3);
    await selectAndQuote(hook, sold);
    const usdc = BigInt(held(hook.current(), kind('stable'))!.balance);
    await hook.current().selling.executeBatchSell();
    const { selling } = await hook.until((now) => sold.every((token) => held(now, token) === undefined));
    const { tradeSummary, receipt, invalidation } = selling;
    expect(tradeSummary!.successfulTokens.map(({ address }) => address).sort()).toEqual(
      sold.map(({ address }) => address.toLowerCase()).sort(),
    );
    expect(tradeSummary!.failedTokens).toEqual([]);
    expect(invalidation).toEqual({ status: 'done', attempts: 1 });
    expect(BigInt(held(hook.current(), kind('stable'))!.balance)).toBe(usdc + BigInt(tradeSummary!.receivedAmount!));
    const told = tab.requests.filter(({ path, method }) => path === '/api/cache' && method === 'POST');
    expect(told.map(({ body }) => [body!.minBlock, body!.chainId])).toEqual([[receipt!.blockNumber, 31337]]);
    await cached(devnet.wallets[0].address);
  });

  it('invalidates after the receipt, never when it is only submitted', async () => {
    const { tab, hook } = sweep(accountOf(0));
    await selectAndQuote(hook, ordinary(1));
    await rpc('evm_setAutomine', false);
    const sale = hook.current().selling.executeBatchSell();
    await hook.until(({ selling }) => selling.progress[2]?.state === 'active');
    expect(tab.requests.filter(({ method, path }) => method === 'POST' && path === '/api/cache')).toEqual([]);
    await rpc('evm_mine');
    await sale;
    expect(tab.requests.filter(({ method, path }) => method === 'POST' && path === '/api/cache')).toHaveLength(1);
  });

  it('leaves out what refuses to be sold and says why; the rest is sold', async () => {
    const { hook } = sweep(accountOf(0));
    const [good] = ordinary(1);
    await selectAndQuote(hook, [good!, kind('frozen'), kind('fee-on-transfer')]);
    const codes = hook.current().selling.quote!.answer.failed.map(({ code }) => code);
    expect(codes.sort()).toEqual(['slippage', 'transfer-reverts']);
    await hook.current().selling.executeBatchSell();
    const { selling } = await hook.until((now) => now.selling.tradeSummary !== null);
    expect(selling.tradeSummary!.successfulTokens).toHaveLength(1);
    expect(selling.tradeSummary!.failedTokens.map(({ symbol }) => symbol).sort()).toEqual(['FEE', 'FROZE']);
  });

  it('sells nothing and invalidates nothing when the person declines', async () => {
    const pending = memoryPending();
    const { tab, hook } = sweep(accountOf(0, declines), { pending });
    await selectAndQuote(hook, ordinary(1));
    await hook.current().selling.executeBatchSell();
    const { selling } = await hook.until((now) => now.selling.error !== null);
    expect(selling.error!.code).toBe('rejected');
    expect([selling.processing, pending.list()]).toEqual([false, []]);
    expect(tab.requests.some(({ method, path }) => method === 'POST' && path === '/api/cache')).toBe(false);
  });

  it('sells one by one with a wallet that knows no batches', async () => {
    const { hook } = sweep(accountOf(0, knowsNoBatches));
    const sold = ordinary(2);
    await selectAndQuote(hook, sold);
    await hook.current().selling.executeBatchSell();
    const { selling } = await hook.until((now) => sold.every((token) => held(now, token) === undefined));
    expect(selling.tradeSummary!.transactionHashes).toHaveLength(4);
  });

  it('repeats an invalidation that fails, reports it, and calls the sale what it is: done', async () => {
    const { tab, hook } = sweep(accountOf(0));
    const sold = ordinary(1);
    await selectAndQuote(hook, sold);
    let failures = 2;
    tab.intercept = ({ method, path }) =>
      method === 'POST' && path === '/api/cache' && failures-- > 0
        ? Response.json({ detail: 'Try later' }, { status: 503, headers: { 'retry-after': '0' } })
        : undefined;
    await hook.current().selling.executeBatchSell();
    const { selling } = await hook.until((now) => sold.every((token) => held(now, token) === undefined));
    expect(selling.invalidation).toEqual({ status: 'done', attempts: 3 });
    expect(selling.error).toBeNull();
  });

  it('goes on at the next visit when the page was closed before the receipt', async () => {
    const pending = memoryPending();
    const first = sweep(accountOf(0), { pending });
    const sold = ordinary(1);
    await selectAndQuote(first.hook, sold);
    await rpc('evm_setAutomine', false);
    void first.hook.current().selling.executeBatchSell();
    await first.hook.until(({ selling }) => selling.progress[2]?.state === 'active');
    const [left] = pending.list();
    first.tab.close();

    const later = memoryPending();
    later.put(left!);
    const { hook } = sweep(accountOf(0), { pending: later });
    await hook.until(({ selling }) => selling.processing && selling.resumed);
    await rpc('evm_mine');
    const { selling } = await hook.until((now) => now.selling.tradeSummary !== null && !now.selling.processing);
    expect(selling.tradeSummary!.successfulTokens.map(({ symbol }) => symbol)).toEqual(
      sold.map(({ symbol }) => symbol),
    );
    await hook.until((now) => sold.every((token) => held(now, token) === undefined));
    expect(later.list()).toEqual([]);
  });

  it('belongs to the wallet that sold, whichever is looked at meanwhile', async () => {
    const { tab, hook } = sweep(accountOf(0));
    await selectAndQuote(hook, ordinary(1));
    await rpc('evm_setAutomine', false);
    const sale = hook.current().selling.executeBatchSell();
    await hook.until(({ selling }) => selling.progress[2]?.state === 'active');
    hook.rerender(accountOf(1));
    const other = await hook.until(({ selling }) => !selling.processing);
    expect([other.selling.selectedTokens.size, other.selling.tradeSummary]).toEqual([0, null]);
    await rpc('evm_mine');
    await sale;
    const told = tab.requests.filter(({ method, path }) => method === 'POST' && path === '/api/cache');
    expect(told.map(({ body }) => body!.walletAddress)).toEqual([devnet.wallets[0].address.toLowerCase()]);
  });

  it('asks for a new quote when the one that was looked at has run out', async () => {
    devnet.control.bridge.lifeSeconds = 2;
    const { tab, hook } = sweep(accountOf(0));
    const sold = ordinary(1);
    await selectAndQuote(hook, sold);
    devnet.control.bridge.clear();
    await hook.current().selling.executeBatchSell();
    await hook.until((now) => sold.every((token) => held(now, token) === undefined));
    expect(tab.requests.filter(({ path }) => path === '/api/quotes')).toHaveLength(2);
  });

  it('says that the quote ran out while the wallet was open, and that the price fell', async () => {
    const [token] = ordinary(1);
    const lets = (happen: () => Promise<unknown>) => (method: string) =>
      method === 'wallet_sendCalls' ? happen() : undefined;
    const cheaper = sweep(
      accountOf(
        0,
        lets(() => devnet.control.chain().setPrice(token!.address, '0.00000002')),
      ),
    );
    await selectAndQuote(cheaper.hook, [token!]);
    await cheaper.hook.current().selling.executeBatchSell();
    expect((await cheaper.hook.until(({ selling }) => selling.error !== null)).selling.error!.code).toBe('slippage');

    const [other] = ordinary(1);
    const later = async (): Promise<void> => {
      await rpc('evm_increaseTime', 3_600);
      await rpc('evm_mine');
    };
    const slow = sweep(accountOf(0, lets(later)));
    await selectAndQuote(slow.hook, [other!]);
    await slow.hook.current().selling.executeBatchSell();
    expect((await slow.hook.until(({ selling }) => selling.error !== null)).selling.error!.code).toBe('quote-expired');
  });

  it('says that the fee cannot be paid', async () => {
    const carol = devnet.wallets[2].address;
    const [alice] = devnet.wallets;
    await devnet.control
      .chain()
      .transfer({ token: devnet.tokens[1]!.address, from: alice.address, to: carol, amount: 1_000_000n });
    const { hook } = sweep(accountOf(2));
    await selectAndQuote(hook, [devnet.tokens[1]!]);
    await hook.current().selling.executeBatchSell();
    expect((await hook.until(({ selling }) => selling.error !== null)).selling.error!.code).toBe('out-of-gas');
  });

  it('notices when the chain takes the sale’s block back', async () => {
    const { hook } = sweep(accountOf(0));
    const sold = ordinary(1);
    await selectAndQuote(hook, sold);
    await hook.current().selling.executeBatchSell();
    await hook.until((now) => sold.every((token) => held(now, token) === undefined));
    await devnet.control.chain().reorg(1);
    await hook.until((now) => now.selling.reorged && held(now, sold[0]!) !== undefined);
  });
});
