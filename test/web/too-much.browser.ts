import { freshAddress, type TestApi } from '../e2e/test-api.js';
import { connect, select } from './chromium.js';
import { stagePage, startPageApi } from './page.stage.js';

jest.setTimeout(120_000);

describe('a page that asks for too much', () => {
  const stage = stagePage(30);
  let strict: TestApi;

  beforeAll(async () => {
    strict = await startPageApi(stage.devnet, { RATE_LIMIT_COLD_LOADS: '20', RATE_LIMIT_BURST: '1' });
  });
  afterAll(() => strict?.close());

  /** When the page asked, and what was answered, in order. */
  function watch(page: Awaited<ReturnType<typeof stage.open>>['page'], path: string) {
    const answers: { readonly status: number; readonly retryAfterMs: number; readonly at: number }[] = [];
    page.on('response', (response) => {
      if (!new URL(response.url()).pathname.startsWith(path) || response.url().endsWith('/events')) return;
      const retryAfterMs = Number(response.headers()['retry-after'] ?? 0) * 1_000;
      answers.push({ status: response.status(), retryAfterMs, at: Date.now() });
    });
    return answers;
  }

  /** No earlier than it was told to; a header's seconds are whole, and clocks tick. */
  function expectPatience(answers: ReturnType<typeof watch>): void {
    const refused = answers.findIndex(({ status }) => status === 429);
    const [before, after] = [answers[refused]!, answers[refused + 1]!];
    expect([before.status, after.status]).toEqual([429, 200]);
    expect(before.retryAfterMs).toBeGreaterThan(0);
    expect(after.at - before.at).toBeGreaterThanOrEqual(before.retryAfterMs - 50);
  }

  it('waits for its list as long as it is told, says so, and lists by itself', async () => {
    const { page } = await stage.open('/', undefined, strict);
    const answers = watch(page, '/api/tokens/');
    // What a client may load at once is used up by somebody else behind the same address.
    while ((await strict.get(`/api/tokens/${freshAddress()}`)).status !== 429);
    await page.goto(`${strict.url}/?wallet=${stage.devnet.wallets[1].address}`);
    await page.getByText('wants us to wait').waitFor();
    await page.getByText(/Trying again in \d+ s/).waitFor();
    await page.getByText('DGOV', { exact: true }).waitFor();
    await page.getByText('wants us to wait').waitFor({ state: 'detached' });
    expectPatience(answers);
  });

  it('waits for its quotes as long as it is told, says so, and shows them by itself', async () => {
    const { page } = await stage.open();
    await connect(page, 'alice');
    await select(page, 'PT020');
    const answers = watch(page, '/api/quotes');
    const quotes = {
      chainId: 31337,
      sender: stage.devnet.wallets[0].address,
      destinationToken: stage.devnet.evm.stable,
      tokens: [{ address: stage.devnet.evm.stable, amount: '1' }],
    };
    while ((await stage.api.post('/api/quotes', quotes)).status !== 429);
    await page.getByRole('button', { name: 'Review sale' }).click();
    await page.getByText('wants us to wait').waitFor();
    await page.getByText(/Trying again in \d+ s/).waitFor();
    await page.getByText('You receive about').waitFor();
    expect(await page.getByText('wants us to wait').count()).toBe(0);
    expectPatience(answers);
  });
});
