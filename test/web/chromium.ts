import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { chromiumPath, HOW_TO_GET_CHROMIUM } from './chromium.path.mjs';

/** Nothing of Chromium's own goes out either. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

/** @throws Error that says how to get Chromium, where there is none */
export async function startChromium(): Promise<Browser> {
  const executablePath = chromiumPath();
  if (executablePath === undefined) throw new Error(`Chromium is missing: ${HOW_TO_GET_CHROMIUM}.`);
  return chromium.launch({ executablePath, args: FLAGS });
}

/** A browser's window with everything that went wrong in it, and every address it asked for. */
export interface Visit {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly problems: string[];
  readonly hosts: Set<string>;
}

export async function visit(browser: Browser, url: string, context?: BrowserContext): Promise<Visit> {
  const own = context ?? (await browser.newContext({ viewport: { width: 1280, height: 860 } }));
  const problems: string[] = [];
  const hosts = new Set<string>();
  const page = await own.newPage();
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    // A refused request is reported as such where it is expected.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      problems.push(message.text());
  });
  page.on('request', (request) => hosts.add(new URL(request.url()).host));
  await page.goto(url);
  return { context: own, page, problems, hosts };
}

/** Connects the devnet's wallet as this account. */
export async function connect(page: Page, account: 'alice' | 'bob' | 'carol'): Promise<void> {
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await page.getByRole('button', { name: /Devnet wallet/ }).click();
  await page.getByRole('button', { name: new RegExp(`^${account}`) }).click();
  await page.getByText('Connected account').waitFor({ state: 'attached' });
}

export async function select(page: Page, ...symbols: readonly string[]): Promise<void> {
  for (const symbol of symbols) {
    await page.getByRole('searchbox').fill(symbol);
    await page.getByRole('checkbox', { name: new RegExp(`^${symbol}`) }).check();
  }
  await page.getByRole('searchbox').fill('');
}
