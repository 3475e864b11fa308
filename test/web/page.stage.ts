import type { Devnet } from '@chaincache/devnet';
import type { Browser, Locator, Page } from 'playwright-core';
import { startApi, startTestDevnet, type TestApi } from '../e2e/test-api.js';
import { startRedis, type TestRedis } from '../support/services.js';
import { startChromium, visit, type Visit } from './chromium.js';

/** What the page's specs stand on: Chromium, the API as it is served, Redis, and the devnet with its wallet. */
export interface PageStage {
  readonly devnet: Devnet;
  readonly redis: TestRedis;
  readonly api: TestApi;
  readonly browser: Browser;
  /** A tab; what goes wrong in it, or leaves this server, fails the test. */
  open(path?: string, context?: Visit['context'], api?: TestApi): Promise<Visit>;
}

interface Parts {
  readonly devnet: Devnet;
  readonly redis: TestRedis;
  readonly browser: Browser;
  readonly api: TestApi;
}

/** Sets the stage for the describe block it is called in. @param tokens of the devnet */
export function stagePage(tokens: number): PageStage {
  let parts: Parts | undefined;
  const visits: { readonly visit: Visit; readonly host: string }[] = [];
  const standing = (): Parts => {
    if (!parts) throw new Error('The stage stands from beforeAll on.');
    return parts;
  };
  beforeAll(async () => {
    const [devnet, redis, browser] = await Promise.all([startTestDevnet({ tokens }), startRedis(), startChromium()]);
    parts = { devnet, redis, browser, api: await startPageApi(devnet, { REDIS_URL: redis.url }) };
  });
  afterEach(async () => {
    for (const { visit: ended, host } of visits.splice(0)) {
      await ended.context.close();
      expect(ended.problems).toEqual([]);
      // No request leaves this machine, nor even this server.
      expect([...ended.hosts].filter((asked) => asked !== host)).toEqual([]);
    }
  });
  afterAll(async () => {
    await parts?.browser.close();
    await parts?.api.close();
    await Promise.all([parts?.redis.stop(), parts?.devnet.stop()]);
  });
  return {
    get devnet() {
      return standing().devnet;
    },
    get redis() {
      return standing().redis;
    },
    get browser() {
      return standing().browser;
    },
    get api() {
      return standing().api;
    },
    async open(path = '/', context, api = standing().api) {
      const opened = await visit(standing().browser, `${api.url}${path}`, context);
      visits.push({ visit: opened, host: new URL(api.url).host });
      return opened;
    },
  };
}

/** The API with the page, the devnet's Bridge and its wallet. */
export function startPageApi(devnet: Devnet, environment: Readonly<Record<string, string>> = {}): Promise<TestApi> {
  return startApi(devnet, {
    BRIDGE_URL: devnet.bridge.url,
    DEVNET_WALLET_URL: devnet.browserWallet.url,
    ...environment,
  });
}

/** The checkbox of a token's row. */
export function row(page: Page, symbol: string): Locator {
  return page.getByRole('checkbox', { name: new RegExp(`^${symbol}`) });
}

/** Opens the review, waits for the quotes and sells: the wallet asks next. */
export async function sellSelected(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Review sale' }).click();
  await sellQuoted(page);
}

/** As sellSelected, where the review is open. */
export async function sellQuoted(page: Page): Promise<void> {
  await page.getByText('You receive about').waitFor();
  await page.getByRole('button', { name: /in one go/ }).click();
}
