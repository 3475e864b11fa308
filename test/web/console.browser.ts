import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Devnet } from '@chaincache/devnet';
import type { Browser, Page } from 'playwright-core';
import { ADMIN_API_KEY, freshAddress, startApi, startTestDevnet, type TestApi } from '../e2e/test-api.js';
import { startChromium } from './chromium.js';

jest.setTimeout(120_000);

const AXE = createRequire(__filename).resolve('axe-core/axe.min.js');

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly target: readonly unknown[] }[];
  }[];
}

describe('the cache console in Chromium', () => {
  let devnet: Devnet;
  let api: TestApi;
  let browser: Browser;
  let page: Page;
  let wallet: string;
  let complaints: string[];

  beforeAll(async () => {
    devnet = await startTestDevnet({ tokens: 3 });
    [api, browser] = await Promise.all([startApi(devnet), startChromium()]);
  });
  afterAll(async () => {
    await browser?.close();
    await api?.close();
    await devnet?.stop();
  });

  beforeEach(async () => {
    wallet = freshAddress();
    for (let count = 0; count < 4; count += 1) await api.get(`/api/tokens/${wallet}`).expect(200);
    complaints = [];
    page = await newPage(1_280, 'light');
  });
  afterEach(() => page.context().close());

  async function newPage(width: number, colorScheme: 'light' | 'dark'): Promise<Page> {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
    const opened = await context.newPage();
    opened.setDefaultTimeout(30_000);
    opened.on('pageerror', (error) => complaints.push(error.message));
    opened.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) complaints.push(message.text());
    });
    opened.on('request', (request) => {
      if (new URL(request.url()).origin !== api.url) complaints.push(`asked for ${request.url()}`);
    });
    await opened.goto(`${api.url}/console`);
    return opened;
  }

  /** By keyboard alone: the field has the focus. */
  async function enter(at: Page, key: string): Promise<void> {
    await at.getByLabel('API key').and(at.locator(':focus')).waitFor();
    await at.keyboard.type(key);
    await at.keyboard.press('Enter');
  }

  async function keyWith(...scopes: string[]): Promise<{ readonly key: string; readonly id: string }> {
    const answer = await api.post(
      '/api/api-keys',
      { walletAddress: freshAddress(), scopes },
      { 'x-api-key': ADMIN_API_KEY },
    );
    return answer.body as { key: string; id: string };
  }

  const region = (at: Page, name: string) => at.getByRole('region', { name, exact: true });

  it('asks for a key, says why one will not do, and forgets it on demand', async () => {
    await enter(page, 'no-such-key-anywhere');
    await page.getByText('This key is unknown, expired or revoked.').waitFor();
    await page.getByLabel('API key').fill((await keyWith('users:write')).key);
    await page.keyboard.press('Enter');
    await page.getByText('it lacks the scope cache:read').waitFor();
    await page.getByLabel('API key').fill(ADMIN_API_KEY);
    await page.keyboard.press('Enter');
    await region(page, 'Hit rate').waitFor();
    expect(await page.evaluate(() => sessionStorage.length + localStorage.length)).toBe(1);

    await page.getByRole('button', { name: 'Forget key' }).click();
    await page.getByLabel('API key').waitFor();
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('follows the cache live', async () => {
    await enter(page, ADMIN_API_KEY);
    await page.getByText('Live', { exact: true }).waitFor();
    const another = freshAddress();
    await api.get(`/api/tokens/${another}`).expect(200);
    await region(page, 'Top misses').getByText(`tokens:${another}`).waitFor();
    expect(await page.locator('.chart canvas').count()).toBe(3);
    expect(complaints).toEqual([]);
  });

  it('explains a key while its life runs down, and invalidates it once that is confirmed', async () => {
    await enter(page, ADMIN_API_KEY);
    const explorer = region(page, 'Key explorer');
    const key = `tokens:${wallet}`;
    await explorer.getByLabel('Key').fill(key);
    await page.keyboard.press('Enter');
    const left = explorer.locator('.life.good .left').first();
    const first = await left.innerText();
    await page.waitForFunction(
      (before) => document.querySelector<HTMLElement>('.life.good .left')?.innerText !== before,
      first,
    );

    await explorer.getByRole('button', { name: 'Invalidate', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(key).waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await isCached(wallet)).toBe(true);

    await explorer.getByRole('button', { name: 'Invalidate', exact: true }).click();
    await dialog.getByRole('button', { name: 'Invalidate' }).click();
    await dialog.getByText('No instance serves the old value any more.').waitFor();
    expect(await isCached(wallet)).toBe(false);
    await dialog.getByRole('button', { name: 'Close' }).click();
    await explorer.getByText(`of ${key}`).waitFor();
    expect(complaints).toEqual([]);
  });

  async function isCached(address: string): Promise<boolean> {
    const answer = await api.get(`/api/cache?wallet=${address}`).expect(200);
    return (answer.body as { readonly exists: boolean }).exists;
  }

  it('shows no wallet and invalidates nothing with a key that may only read', async () => {
    await enter(page, (await keyWith('cache:read')).key);
    await region(page, 'Top misses').locator('li').first().waitFor();
    expect(await page.locator('main').innerText()).not.toMatch(/0x[0-9a-f]{40}/);
    expect(await region(page, 'Top misses').getByRole('button').count()).toBe(0);
    await page.getByLabel('Key', { exact: true }).fill(`tokens:${wallet}`);
    await page.keyboard.press('Enter');
    expect(await page.getByRole('button', { name: 'Invalidate', exact: true }).isDisabled()).toBe(true);
  });

  it('goes back to its question when its key is revoked', async () => {
    const { key, id } = await keyWith('cache:read');
    await enter(page, key);
    await region(page, 'Hit rate').waitFor();
    await api.post(`/api/api-keys/${id}/revoke`, {}, { 'x-api-key': ADMIN_API_KEY }).expect(200);
    await page.getByText('This key is unknown, expired or revoked.').waitFor();
  });

  it('asks every few seconds where a stream cannot be had', async () => {
    await page.route('**/api/cache/stats/stream', (route) => route.fulfill({ status: 429, body: '{}' }));
    await enter(page, ADMIN_API_KEY);
    await page.getByText('Every 5 s', { exact: true }).waitFor();
    await region(page, 'Top hits').getByText(`tokens:${wallet}`).waitFor();
  });

  it.each([
    [1_280, 'light'],
    [1_280, 'dark'],
    [390, 'light'],
    [390, 'dark'],
  ] as const)('fits %i px and keeps to what can be read by all, %s', async (width, theme) => {
    const other = await newPage(width, theme);
    await enter(other, ADMIN_API_KEY);
    await region(other, 'Top hits').getByRole('button').first().click();
    await other.getByText('Last invalidation').waitFor();
    expect(await other.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    // The page's policy lets no script in; evaluating it does.
    await other.evaluate(await readFile(AXE, 'utf8'));
    const { violations } = await other.evaluate(() =>
      (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
    );
    expect(
      violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`),
    ).toEqual([]);
    expect(complaints).toEqual([]);
    await other.context().close();
  });
});
