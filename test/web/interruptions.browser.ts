import type { Page } from 'playwright-core';
import { approve, makeTetherLike, nodeRpc } from '../e2e/tether-like.token.js';
import { connect, select } from './chromium.js';
import { row, sellQuoted, sellSelected, stagePage } from './page.stage.js';

jest.setTimeout(120_000);

describe('what may come between a person and a sale', () => {
  const stage = stagePage(50);
  const alice = () => stage.devnet.wallets[0].address;
  const rpc = (...call: Parameters<ReturnType<typeof nodeRpc>>) => nodeRpc(stage.devnet.evm.rpcUrl)(...call);
  const addressOf = (symbol: string) => stage.devnet.tokens.find((token) => token.symbol === symbol)!.address;
  const says = (page: Page, text: string) => page.getByRole('alert').getByText(text).waitFor();
  const approveInWallet = (page: Page) => page.getByRole('button', { name: 'Approve' }).click();

  async function choose(page: Page, ...symbols: readonly string[]): Promise<void> {
    await connect(page, 'alice');
    await select(page, ...symbols);
    await sellSelected(page);
  }

  afterEach(() => rpc('evm_setAutomine', true));

  it('the API is away: the page keeps what it shows, says so, and recovers', async () => {
    const { page, context } = await stage.open(`/?wallet=${alice()}`);
    const listed = page.getByText('WBTC', { exact: true });
    await listed.waitFor();
    await context.setOffline(true);
    await page.getByRole('button', { name: 'Refresh' }).click();
    await says(page, 'cannot be reached');
    expect(await listed.count()).toBe(1);
    await context.setOffline(false);
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.getByRole('alert').waitFor({ state: 'detached' });
  });

  it('Redis is away: it lists and sells', async () => {
    stage.redis.signal('SIGSTOP');
    try {
      const { page } = await stage.open();
      await choose(page, 'PT031');
      await approveInWallet(page);
      await page.getByTestId('transaction').waitFor();
      await page.getByRole('button', { name: 'Done' }).click();
      await row(page, 'PT031').waitFor({ state: 'detached' });
    } finally {
      stage.redis.signal('SIGCONT');
    }
  });

  it('there is another tab: it shows the sale', async () => {
    const first = await stage.open();
    await connect(first.page, 'alice');
    const second = await stage.open('/', first.context);
    await second.page.getByRole('searchbox').fill('PT032');
    await row(second.page, 'PT032').waitFor();
    await select(first.page, 'PT032');
    await sellSelected(first.page);
    await approveInWallet(first.page);
    await first.page.getByTestId('transaction').waitFor();
    await row(second.page, 'PT032').waitFor({ state: 'detached' });
  });

  it('the page is closed before the receipt: the sale goes on at the next visit', async () => {
    const first = await stage.open();
    await choose(first.page, 'PT033');
    await rpc('evm_setAutomine', false);
    await approveInWallet(first.page);
    await first.page.locator('[aria-current="step"]', { hasText: 'Waiting for the network' }).waitFor();
    await first.page.close();
    const { page } = await stage.open('/', first.context);
    await page.getByText('This sale was begun in an earlier visit').waitFor();
    await stage.devnet.control.chain().mine();
    await page.getByTestId('transaction').waitFor();
  });

  it('the wallet is switched before the receipt: the new one shows nothing of it, the old one has sold', async () => {
    const { page } = await stage.open();
    await choose(page, 'PT034');
    await rpc('evm_setAutomine', false);
    await approveInWallet(page);
    await page.locator('[aria-current="step"]', { hasText: 'Waiting for the network' }).waitFor();
    await switchAccount(page, 'bob');
    await page.getByRole('dialog', { name: 'Selling' }).waitFor({ state: 'detached' });
    await page.getByText('DGOV', { exact: true }).waitFor();
    expect(await page.getByText('A sale is under way').count()).toBe(0);
    const told = page.waitForRequest((request) => request.method() === 'POST' && request.url().endsWith('/api/cache'));
    await stage.devnet.control.chain().mine();
    expect((await told).postDataJSON()).toMatchObject({ walletAddress: alice().toLowerCase() });

    await switchAccount(page, 'alice');
    await page.getByText('WBTC', { exact: true }).waitFor();
    await page.getByRole('searchbox').fill('PT034');
    await page.getByText('No token matches').waitFor();
  });

  it('the quote runs out while the wallet is open: nothing is sold, and a new quote sells', async () => {
    const { page } = await stage.open();
    await choose(page, 'PT035');
    await rpc('evm_increaseTime', 600);
    await rpc('evm_mine');
    await approveInWallet(page);
    await says(page, 'The quote ran out before the sale reached the network. Nothing was sold');
    await page.getByRole('button', { name: 'Get a new quote' }).click();
    await sellQuoted(page);
    await approveInWallet(page);
    await page.getByTestId('transaction').waitFor();
  });

  it('an allowance that the quote counted on is gone: nothing is sold, and a new quote sells', async () => {
    const { address } = stage.devnet.tokens.find(({ symbol }) => symbol === 'PT036')!;
    await approve(rpc, address, alice(), stage.devnet.evm.market, 2n ** 255n);
    const { page } = await stage.open();
    await choose(page, 'PT036');
    await approve(rpc, address, alice(), stage.devnet.evm.market, 0n);
    await approveInWallet(page);
    await says(page, 'something has changed since the quote. Nothing was sold');
    await page.getByRole('button', { name: 'Get a new quote' }).click();
    await sellQuoted(page);
    await approveInWallet(page);
    await page.getByTestId('transaction').waitFor();
  });

  it('a token refuses to replace an old allowance, as Tether’s does: it is sold', async () => {
    const address = addressOf('PT037');
    await makeTetherLike(rpc, address);
    await approve(rpc, address, alice(), stage.devnet.evm.market, 5n);
    const { page } = await stage.open();
    await choose(page, 'PT037');
    await approveInWallet(page);
    await page.getByText('1 token sold').waitFor();
    expect(await stage.devnet.control.chain().balanceOf(address, alice())).toBe(0n);
  });

  it('a token keeps a part of every transfer, another refuses every one: they are left out, with the reason', async () => {
    const { page } = await stage.open();
    await connect(page, 'alice');
    await select(page, 'PT038', 'FEE', 'FROZE');
    await page.getByRole('button', { name: 'Review sale' }).click();
    const failed = page.getByRole('list', { name: 'Quotes' }).getByRole('listitem');
    await failed.filter({ hasText: 'FEE' }).getByText('the token keeps a part of every transfer').waitFor();
    await failed.filter({ hasText: 'FROZE' }).getByText('the token refuses to be moved').waitFor();
    await sellQuoted(page);
    await approveInWallet(page);
    await page.getByText('1 token sold').waitFor();
    await page.getByText(/^Not sold: (FEE, FROZE|FROZE, FEE)\. They are still in your wallet\.$/).waitFor();
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('searchbox').fill('FROZE');
    await row(page, 'FROZE').waitFor();
  });

  it('the chain takes the block back after the receipt: the page says so and shows the token again', async () => {
    const { page } = await stage.open();
    await choose(page, 'PT039');
    await approveInWallet(page);
    await page.getByText('1 token sold').waitFor();
    await stage.devnet.control.chain().reorg(1);
    await page.getByText('The network took this sale back. It may still be included again.').waitFor();
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('searchbox').fill('PT039');
    await row(page, 'PT039').waitFor();
  });
});

/** As a person does it in the wallet, without the page's doing. */
async function switchAccount(page: Page, name: string): Promise<void> {
  await page.evaluate(() => {
    window.addEventListener(
      'eip6963:announceProvider',
      (event) =>
        void (
          event as CustomEvent<{ provider: { request: (call: object) => Promise<unknown> } }>
        ).detail.provider.request({ method: 'wallet_requestPermissions', params: [{ eth_accounts: {} }] }),
      { once: true },
    );
    window.dispatchEvent(new Event('eip6963:requestProvider'));
  });
  await page.getByRole('button', { name: new RegExp(`^${name}`) }).click();
}
