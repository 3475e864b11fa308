import { openTab, type Tab } from './hooks.harness.js';
import type { Devnet } from '@chaincache/devnet';
import { indexedDbCopyStore, memoryCopyStore, useCache, useTokenBalances } from '@chaincache/react';
import { ADMIN_API_KEY, startApi, startTestDevnet, type TestApi } from '../e2e/test-api.js';

jest.setTimeout(60_000);

describe('the hooks about balances', () => {
  let devnet: Devnet;
  let api: TestApi;
  const tabs: Tab[] = [];

  beforeAll(async () => {
    devnet = await startTestDevnet({ tokens: 30 });
    api = await startApi(devnet, { INVALIDATION_COOLDOWN: '0s' });
  });
  afterEach(() => {
    devnet.control.insight.clear();
    for (const tab of tabs.splice(0)) tab.close();
  });
  afterAll(async () => {
    await api?.close();
    await devnet?.stop();
  });

  const tabOf = (options?: Parameters<typeof openTab>[1]): Tab => {
    const tab = openTab(api.url, options);
    tabs.push(tab);
    return tab;
  };
  const alice = (): string => devnet.wallets[0].address;
  const carol = (): string => devnet.wallets[2].address;
  const balancesIn = (tab: Tab, address: string | undefined, limit = 100) =>
    tab.render((wallet: string | undefined) => useTokenBalances(wallet, { limit }), address);
  /** Something that changes what a wallet holds, in the chain's next block. */
  const give = (to: string, amount: bigint) =>
    devnet.control
      .chain()
      .transfer({ token: devnet.evm.stable, from: devnet.wallets[1].address, to: to as `0x${string}`, amount });
  const stableOf = (tokens: readonly { address: string; balance: string }[]): string | undefined =>
    tokens.find(({ address }) => address === devnet.evm.stable.toLowerCase())?.balance;

  it('asks for nothing without an address', async () => {
    const tab = tabOf();
    const hook = balancesIn(tab, undefined);
    expect(await hook.until(() => true)).toMatchObject({ tokens: [], loading: false, hasAttemptedFetch: false });
    hook.rerender(alice());
    await hook.until(({ tokens }) => tokens.length > 0);
    expect(tab.requests.map(({ path }) => path)).toEqual([`/api/tokens/${alice().toLowerCase()}`]);
  });

  it('loads page by page, each token once, with the total of all from the first', async () => {
    const hook = balancesIn(tabOf(), alice(), 10);
    const first = await hook.until(({ loading }) => !loading);
    expect([first.tokens.length, first.hasMore]).toEqual([10, true]);
    for (let loaded = 10; hook.current().hasMore; loaded += 10) {
      hook.current().loadMore();
      await hook.until(({ tokens, hasMore }) => tokens.length > loaded || !hasMore);
    }
    const { tokens, totalUsdValue } = hook.current();
    const { body } = await api.get(`/api/tokens/${alice()}?limit=100`).expect(200);
    expect(tokens).toEqual(body.tokens);
    expect(totalUsdValue).toBe(body.totalUsdValue);
    expect(first.totalUsdValue).toBe(body.totalUsdValue);
  });

  it('refetches after an invalidation although nothing was cached', async () => {
    const tab = tabOf();
    const hook = balancesIn(tab, carol());
    await hook.until(({ loading }) => !loading);
    await api
      .post('/api/cache', { action: 'invalidatePattern', pattern: 'tokens:*' }, { 'x-api-key': ADMIN_API_KEY })
      .expect(200);
    const before = BigInt(stableOf(hook.current().tokens) ?? 0);
    await give(carol(), 5n);
    const result = await hook.current().invalidateCacheAndRefetch();
    expect(result).toMatchObject({ success: true, status: 'applied' });
    await hook.until(({ tokens }) => stableOf(tokens) === (before + 5n).toString());
  });

  it('shows what the browser kept at once, says that it is stale, and asks with its ETag', async () => {
    const copies = indexedDbCopyStore('kept');
    const first = balancesIn(tabOf({ copies }), alice());
    await first.until(({ loading }) => !loading);
    // The copy is written behind the answer.
    while ((await copies.get(alice().toLowerCase())) === undefined) await new Promise(setImmediate);

    const tab = tabOf({ copies: indexedDbCopyStore('kept') });
    let letGo = (): void => undefined;
    const held = new Promise<undefined>((resolve) => (letGo = () => resolve(undefined)));
    tab.intercept = () => held;
    const hook = tab.render(() => useTokenBalances(alice()), undefined);
    const shown = await hook.until(({ tokens }) => tokens.length > 0);
    expect(shown.stale).toBe(true);
    letGo();
    await hook.until(({ stale }) => !stale);
    expect(tab.requests.map(({ status }) => status)).toEqual([304]);
    expect(hook.current().tokens).toEqual(first.current().tokens);
  });

  it('drops its copy in every tab, and each asks again', async () => {
    const stores = [memoryCopyStore(), memoryCopyStore()];
    const [one, two] = stores.map((copies) => tabOf({ copies })) as [Tab, Tab];
    const [first, second] = [balancesIn(one, carol()), balancesIn(two, carol())];
    await Promise.all([first, second].map((hook) => hook.until(({ loading }) => !loading)));
    const before = BigInt(stableOf(first.current().tokens) ?? 0);
    await give(carol(), 3n);
    await first.current().invalidateCacheAndRefetch();
    await second.until(({ tokens }) => stableOf(tokens) === (before + 3n).toString());
  });

  it('keeps nothing that was asked for before an invalidation', async () => {
    const copies = memoryCopyStore();
    const tab = tabOf({ copies });
    const hook = balancesIn(tab, carol());
    await hook.until(({ loading }) => !loading);
    const before = BigInt(stableOf(hook.current().tokens) ?? 0);
    devnet.control.insight.fail({ kind: 'hold', when: 'after-read', times: 2 });
    await api.post('/api/cache', { action: 'invalidateWallet', walletAddress: carol() }).expect(200);
    const slow = hook.current().refetch();
    await devnet.control.insight.held(2);
    await give(carol(), 7n);
    const cache = tab.render(() => useCache(), undefined);
    await cache.until(() => true);
    await cache.current().invalidateWalletCache(carol());
    devnet.control.insight.clear();
    await slow;
    await hook.until(({ tokens }) => stableOf(tokens) === (before + 7n).toString());
    const kept = Object.values((await copies.get(carol().toLowerCase())) ?? {}).flat();
    expect(kept.map(({ page }) => stableOf(page.tokens))).toEqual([(before + 7n).toString()]);
  });

  it('hears of changes that somebody else caused', async () => {
    const hook = balancesIn(tabOf({ live: true }), carol());
    await hook.until(({ loading }) => !loading);
    const before = BigInt(stableOf(hook.current().tokens) ?? 0);
    await give(carol(), 11n);
    // Told again until the stream is open: whether it already was cannot be seen from here.
    let told = true;
    const telling = (async () => {
      while (told) {
        await api.post('/api/cache', { action: 'invalidateWallet', walletAddress: carol() });
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    })();
    await hook.until(({ tokens }) => stableOf(tokens) === (before + 11n).toString());
    told = false;
    await telling;
  });

  it('tells what the API has cached, and why it may not invalidate patterns', async () => {
    const cache = tabOf().render(() => useCache(), undefined);
    await cache.until(() => true);
    await api.get(`/api/tokens/${alice()}`).expect(200);
    const status = await cache.current().checkCacheStatus(alice());
    expect(status).toMatchObject({ cacheKey: `tokens:${alice().toLowerCase()}`, exists: true });
    const refused = await cache.current().invalidatePattern('miner:stats:*');
    expect(refused).toMatchObject({ success: false, httpStatus: 401 });
    const allowed = await cache.current().invalidatePattern('miner:stats:*', ADMIN_API_KEY);
    expect(allowed).toMatchObject({ success: true, status: 'applied' });
    await cache.until(({ invalidating }) => !invalidating);
  });

  it('waits as long as a 429 asks, then goes on', async () => {
    const tab = tabOf();
    let refusals = 1;
    tab.intercept = () =>
      refusals-- > 0
        ? Response.json({ detail: 'Too much' }, { status: 429, headers: { 'retry-after': '0' } })
        : undefined;
    const hook = balancesIn(tab, alice());
    await hook.until(({ tokens }) => tokens.length > 0);
    expect(tab.requests.map(({ status }) => status)).toEqual([429, 200]);
  });

  it('reports a refusal, keeps what it showed, and recovers on retry', async () => {
    const tab = tabOf();
    const hook = balancesIn(tab, alice());
    await hook.until(({ loading }) => !loading);
    tab.intercept = () => Response.json({ detail: 'The source cannot be read.' }, { status: 404 });
    await hook.current().refetch();
    expect(await hook.until(({ error }) => error !== null)).toMatchObject({
      error: 'The source cannot be read.',
      stale: true,
    });
    expect(hook.current().tokens.length).toBeGreaterThan(0);
    tab.intercept = undefined;
    hook.current().retry();
    await hook.until(({ error, stale }) => error === null && !stale);
  });
});
