import { memoryPending } from './hooks.harness.js';
import { approve, makeTetherLike } from '../e2e/tether-like.token.js';
import {
  errorOf,
  held,
  invalidationsOf,
  knowsNoBatches,
  meanwhile,
  selectAndQuote,
  selectTokens,
  stageSelling,
} from './selling.stage.js';

jest.setTimeout(120_000);

describe('a sale that does not go smoothly', () => {
  const stage = stageSelling();
  const declines = (method: string): void => {
    if (method === 'wallet_sendCalls') throw Object.assign(new Error('User rejected the request.'), { code: 4001 });
  };
  const allow = (token: `0x${string}`, amount: bigint) =>
    approve(stage.rpc, token, stage.devnet.wallets[0].address, stage.devnet.evm.market, amount);

  it('leaves out what refuses to be sold and says why; the rest is sold', async () => {
    const { hook } = stage.sweep(stage.accountOf(0));
    const [good] = stage.ordinary(1);
    await selectAndQuote(hook, [good!, stage.kind('frozen'), stage.kind('fee-on-transfer')]);
    const codes = hook.current().selling.quote!.answer.failed.map(({ code }) => code);
    expect(codes.sort()).toEqual(['slippage', 'transfer-reverts']);
    await hook.current().selling.executeBatchSell();
    const { selling } = await hook.until((now) => now.selling.tradeSummary !== null);
    expect(selling.tradeSummary!.successfulTokens).toHaveLength(1);
    expect(selling.tradeSummary!.failedTokens.map(({ symbol }) => symbol).sort()).toEqual(['FEE', 'FROZE']);
  });

  it('sells nothing and invalidates nothing when the person declines', async () => {
    const pending = memoryPending();
    const { tab, hook } = stage.sweep(stage.accountOf(0, declines), { pending });
    await selectAndQuote(hook, stage.ordinary(1));
    await hook.current().selling.executeBatchSell();
    const { selling } = await hook.until((now) => now.selling.error !== null);
    expect(selling.error!.code).toBe('rejected');
    expect([selling.processing, pending.list()]).toEqual([false, []]);
    expect(invalidationsOf(tab)).toEqual([]);
  });

  it('repeats an invalidation that fails, reports it, and calls the sale what it is: done', async () => {
    const { tab, hook } = stage.sweep(stage.accountOf(0));
    const sold = stage.ordinary(1);
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
    const first = stage.sweep(stage.accountOf(0), { pending });
    const sold = stage.ordinary(1);
    await selectAndQuote(first.hook, sold);
    await stage.rpc('evm_setAutomine', false);
    void first.hook.current().selling.executeBatchSell();
    await first.hook.until(({ selling }) => selling.progress[2]?.state === 'active');
    const [left] = pending.list();
    first.tab.close();

    const later = memoryPending();
    later.put(left!);
    const { hook } = stage.sweep(stage.accountOf(0), { pending: later });
    await hook.until(({ selling }) => selling.processing && selling.resumed);
    await stage.rpc('evm_mine');
    const { selling } = await hook.until((now) => now.selling.tradeSummary !== null && !now.selling.processing);
    expect(selling.tradeSummary!.successfulTokens.map(({ symbol }) => symbol)).toEqual(
      sold.map(({ symbol }) => symbol),
    );
    await hook.until((now) => sold.every((token) => held(now, token) === undefined));
    expect(later.list()).toEqual([]);
  });

  it('belongs to the wallet that sold, whichever is looked at meanwhile', async () => {
    const { tab, hook } = stage.sweep(stage.accountOf(0));
    await selectAndQuote(hook, stage.ordinary(1));
    await stage.rpc('evm_setAutomine', false);
    const sale = hook.current().selling.executeBatchSell();
    await hook.until(({ selling }) => selling.progress[2]?.state === 'active');
    hook.rerender(stage.accountOf(1));
    const other = await hook.until(({ selling }) => !selling.processing);
    expect([other.selling.selectedTokens.size, other.selling.tradeSummary]).toEqual([0, null]);
    await stage.rpc('evm_mine');
    await sale;
    const told = invalidationsOf(tab);
    expect(told.map(({ body }) => body!.walletAddress)).toEqual([stage.devnet.wallets[0].address.toLowerCase()]);
  });

  it('asks for a new quote when the one that was looked at has run out', async () => {
    stage.devnet.control.bridge.lifeSeconds = 2;
    const { tab, hook } = stage.sweep(stage.accountOf(0));
    const sold = stage.ordinary(1);
    await selectAndQuote(hook, sold);
    stage.devnet.control.bridge.clear();
    await hook.current().selling.executeBatchSell();
    await hook.until((now) => sold.every((token) => held(now, token) === undefined));
    expect(tab.requests.filter(({ path }) => path === '/api/quotes')).toHaveLength(2);
  });

  it('says that the quote ran out while the wallet was open, and that the price fell', async () => {
    const [token] = stage.ordinary(1);
    const cheaper = stage.sweep(
      stage.accountOf(
        0,
        meanwhile(() => stage.devnet.control.chain().setPrice(token!.address, '0.00000002')),
      ),
    );
    await selectAndQuote(cheaper.hook, [token!]);
    await cheaper.hook.current().selling.executeBatchSell();
    expect(await errorOf(cheaper.hook)).toBe('slippage');

    const [other] = stage.ordinary(1);
    const later = async (): Promise<void> => {
      await stage.rpc('evm_increaseTime', 3_600);
      await stage.rpc('evm_mine');
    };
    const slow = stage.sweep(stage.accountOf(0, meanwhile(later)));
    await selectAndQuote(slow.hook, [other!]);
    await slow.hook.current().selling.executeBatchSell();
    expect(await errorOf(slow.hook)).toBe('quote-expired');
  });

  it('says that the fee cannot be paid', async () => {
    const carol = stage.devnet.wallets[2].address;
    const [alice] = stage.devnet.wallets;
    await stage.devnet.control
      .chain()
      .transfer({ token: stage.devnet.tokens[1]!.address, from: alice.address, to: carol, amount: 1_000_000n });
    const { hook } = stage.sweep(stage.accountOf(2));
    await selectAndQuote(hook, [stage.devnet.tokens[1]!]);
    await hook.current().selling.executeBatchSell();
    expect(await errorOf(hook)).toBe('out-of-gas');
  });

  it('notices when the chain takes the sale’s block back', async () => {
    const { hook } = stage.sweep(stage.accountOf(0));
    const sold = stage.ordinary(1);
    await selectAndQuote(hook, sold);
    await hook.current().selling.executeBatchSell();
    await hook.until((now) => sold.every((token) => held(now, token) === undefined));
    await stage.devnet.control.chain().reorg(1);
    await hook.until((now) => now.selling.reorged && held(now, sold[0]!) !== undefined);
  });

  it('sells a token that refuses to replace an old allowance, as Tether’s does, in a batch and one by one', async () => {
    for (const wallet of [stage.accountOf(0), stage.accountOf(0, knowsNoBatches)]) {
      const [token] = stage.ordinary(1);
      await makeTetherLike(stage.rpc, token!.address);
      await allow(token!.address, 5n);
      const { hook } = stage.sweep(wallet);
      await selectAndQuote(hook, [token!]);
      await hook.current().selling.executeBatchSell();
      await hook.until((now) => held(now, token!) === undefined);
      expect(hook.current().selling.tradeSummary!.successfulTokens).toHaveLength(1);
    }
  });

  it('sells nothing when an allowance that the quote counted on is gone, and sells with a new quote', async () => {
    const [token] = stage.ordinary(1);
    await allow(token!.address, 2n ** 255n);
    let left = 1;
    const consumed = meanwhile(async () => left-- > 0 && allow(token!.address, 0n));
    const { tab, hook } = stage.sweep(stage.accountOf(0, consumed));
    await selectAndQuote(hook, [token!]);
    expect(hook.current().selling.quote!.answer.quotes[0]!.calls).toHaveLength(1);
    await hook.current().selling.executeBatchSell();
    expect([await errorOf(hook), invalidationsOf(tab)]).toEqual(['reverted', []]);
    await hook.current().selling.requestQuote();
    await hook.until(({ selling }) => selling.quote?.answer.quotes[0]?.calls.length === 2);
    await hook.current().selling.executeBatchSell();
    await hook.until((now) => held(now, token!) === undefined);
  });

  it('waits for its quotes as long as a 429 asks, tells until when, and has them', async () => {
    const { tab, hook } = stage.sweep(stage.accountOf(0));
    await selectTokens(hook, stage.ordinary(1));
    const asked = {
      chainId: 31337,
      sender: stage.devnet.wallets[0].address,
      destinationToken: stage.devnet.evm.stable,
    };
    const other = { ...asked, tokens: [{ address: stage.devnet.evm.stable, amount: '1' }] };
    while ((await stage.api.post('/api/quotes', other)).status !== 429);
    const quoting = hook.current().selling.requestQuote();
    const { selling } = await hook.until((now) => now.selling.waitingUntil !== null);
    expect(selling.quoting).toBe(true);
    expect((await quoting)!.answer.quotes).toHaveLength(1);
    expect(Date.now()).toBeGreaterThanOrEqual(selling.waitingUntil!.getTime());
    await hook.until((now) => now.selling.waitingUntil === null && now.selling.quote !== undefined);
    expect(tab.requests.filter(({ path }) => path === '/api/quotes').map(({ status }) => status)).toEqual([429, 200]);
  });

  it('does not let a person wait for longer than a minute, but says that it is too much', async () => {
    const { tab, hook } = stage.sweep(stage.accountOf(0));
    await selectTokens(hook, stage.ordinary(1));
    tab.intercept = ({ path }) =>
      path === '/api/quotes'
        ? Response.json({ detail: 'Too much' }, { status: 429, headers: { 'retry-after': '61' } })
        : undefined;
    await hook.current().selling.requestQuote();
    expect(await errorOf(hook)).toBe('too-many-requests');
    expect(tab.requests.filter(({ path }) => path === '/api/quotes')).toHaveLength(1);
  });
});
