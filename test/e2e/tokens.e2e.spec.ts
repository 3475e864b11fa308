import type { Devnet } from '@chaincache/devnet';
import { freshAddress, startApi, startTestDevnet, type TestApi } from './test-api.js';

interface Token {
  readonly address: string;
  readonly chainId: number;
  readonly symbol: string;
  readonly balance: string;
  readonly decimals: number | null;
  readonly balanceFormatted: string | null;
  readonly priceUsd: string | null;
  readonly value: string;
  readonly spam: boolean;
}

interface Page {
  readonly tokens: readonly Token[];
  readonly totalUsdValue: string;
  readonly hasMore: boolean;
  readonly nextPage?: number;
  readonly chainId: number | null;
}

describe('GET /api/tokens/:address', () => {
  let devnet: Devnet;
  let api: TestApi;
  let alice: `0x${string}`;

  beforeAll(async () => {
    devnet = await startTestDevnet({ chainIds: [31337, 31338] });
    api = await startApi(devnet);
    alice = devnet.wallets[0].address;
  }, 60_000);

  afterAll(async () => {
    await api?.close();
    await devnet?.stop();
  });

  const pageOf = async (query: string, address: string = alice): Promise<Page> =>
    (await api.get(`/api/tokens/${address}?${query}`).expect(200)).body as Page;

  async function allTokens(query: string): Promise<Token[]> {
    const tokens: Token[] = [];
    for (let page: number | undefined = 0; page !== undefined;) {
      const next: Page = await pageOf(`${query}&page=${page}`);
      tokens.push(...next.tokens);
      expect(next.hasMore).toBe(next.nextPage !== undefined);
      page = next.nextPage;
    }
    return tokens;
  }

  const microUsd = (text: string): bigint => BigInt(text.replace('.', ''));

  it('tells the balance that each token’s contract tells, page by page, and no token twice', async () => {
    const tokens = await allTokens('limit=33&includeSpam=true&chainId=31337');
    const control = devnet.control.chain(31337);
    const owned = devnet.chains[0]!.tokens.filter(({ kind }) => kind !== 'frozen');
    expect(new Set(tokens.map(({ address }) => address)).size).toBe(tokens.length);
    expect(tokens.length).toBeGreaterThanOrEqual(owned.length);
    for (const token of tokens) {
      expect(token.balance).toBe((await control.balanceOf(token.address as `0x${string}`, alice)).toString());
    }
  });

  it('keeps every digit of a balance above 2^128', async () => {
    const huge = (await allTokens('limit=100')).find(({ symbol }) => symbol === 'HUGE');
    expect(BigInt(huge!.balance)).toBe(2n ** 200n + 1n);
  });

  it('sums what the tokens of all pages are worth, to six digits', async () => {
    const tokens = await allTokens('limit=100');
    const total = tokens.reduce((sum, { value }) => sum + microUsd(value), 0n);
    expect(microUsd((await pageOf('limit=7')).totalUsdValue)).toBe(total);
    const priced = tokens.filter(({ priceUsd, decimals }) => priceUsd !== null && decimals !== null);
    expect(priced.length).toBeGreaterThan(90);
    for (const { balance, decimals, priceUsd, value } of priced) {
      const [whole = '', fraction = ''] = priceUsd!.split('.');
      const exact =
        (BigInt(balance) * BigInt(whole + fraction) * 1_000_000n) / 10n ** BigInt(decimals! + fraction.length);
      expect(microUsd(value)).toBe(exact);
    }
  });

  it('puts the most valuable first', async () => {
    const values = (await allTokens('limit=50')).map(({ value }) => microUsd(value));
    expect(values).toEqual([...values].sort((a, b) => (a < b ? 1 : a > b ? -1 : 0)));
  });

  it('leaves spam out unless it is asked for, and says what is spam', async () => {
    // Two chains may have different contracts at one address.
    const placeOf = ({ chainId, address }: { chainId: number; address: string }): string =>
      `${chainId}:${address.toLowerCase()}`;
    const spam = devnet.chains.flatMap(({ chainId, tokens }) =>
      tokens.filter(({ kind }) => kind.endsWith('spam')).map(({ address }) => placeOf({ chainId, address })),
    );
    const without = await allTokens('limit=100');
    const withSpam = await allTokens('limit=100&includeSpam=true');
    expect(without.filter((token) => token.spam || spam.includes(placeOf(token)))).toEqual([]);
    expect(
      withSpam
        .filter((token) => token.spam)
        .map(placeOf)
        .sort(),
    ).toEqual([...spam].sort());
    expect(withSpam.length).toBe(without.length + spam.length);
  });

  it('shows tokens without a price only when no amount is demanded', async () => {
    const all = await allTokens('limit=100&minBalanceUSD=0');
    const demanded = await allTokens('limit=100&minBalanceUSD=0.01');
    expect(all.some(({ priceUsd }) => priceUsd === null)).toBe(true);
    expect(demanded.some(({ priceUsd }) => priceUsd === null)).toBe(false);
  });

  it('takes minBalanceUSD=0.01 for a cent, not for nothing', async () => {
    const symbols = async (query: string): Promise<string[]> => (await allTokens(query)).map(({ symbol }) => symbol);
    // DUST is worth 0.005859 USD.
    expect(await symbols('limit=100&minBalanceUSD=0.005859')).toContain('DUST');
    expect(await symbols('limit=100&minBalanceUSD=0.00586')).not.toContain('DUST');
    expect(await symbols('limit=100&minBalanceUSD=0.01')).not.toContain('DUST');
  });

  it('cuts chains, pages and filters out of one cached value', async () => {
    await pageOf('');
    devnet.control.insight.resetCounts();
    const first = await pageOf('chainId=31337&limit=1');
    const second = await pageOf('chainId=31338&limit=1');
    expect([first.chainId, second.chainId, (await pageOf('limit=1')).chainId]).toEqual([31337, 31338, null]);
    expect(first.tokens[0]!.chainId).toBe(31337);
    expect(second.tokens[0]!.chainId).toBe(31338);
    expect(devnet.control.insight.counts().requests).toBe(0);
  });

  it('answers from the source once and from memory afterwards, under every spelling of the address', async () => {
    const bob = devnet.wallets[1].address;
    const tiers = [];
    for (const spelling of [bob, bob.toLowerCase(), `0x${bob.slice(2).toUpperCase()}`]) {
      const { headers } = await api.get(`/api/tokens/${spelling}`).expect(200);
      expect(headers['cache-control']).toBe('no-cache');
      expect(headers.age).toMatch(/^\d+$/);
      tiers.push(headers['x-cache']);
    }
    expect(tiers).toEqual(['MISS', 'L1', 'L1']);
  });

  it('answers 304 to who has these very bytes, and 200 to who has others', async () => {
    const { headers } = await api.get(`/api/tokens/${alice}?limit=3`).expect(200);
    const etag = headers.etag as string;
    expect(etag).toMatch(/^"[\w-]{20,}"$/);
    const unchanged = await api
      .get(`/api/tokens/${alice}?limit=3`, { 'if-none-match': `"other", W/${etag}` })
      .expect(304);
    expect(unchanged.text).toBe('');
    expect(unchanged.headers).toMatchObject({ etag, 'x-cache': 'L1', 'cache-control': 'no-cache' });
    const { headers: others } = await api.get(`/api/tokens/${alice}?limit=4`, { 'if-none-match': etag }).expect(200);
    expect(others.etag).not.toBe(etag);
  });

  it('lists a wallet once for a thousand callers', async () => {
    const [measured, crowded] = [freshAddress(), freshAddress()];
    await api.get(`/api/tokens/${measured}`).expect(200);
    const paths = Array.from({ length: 1_000 }, (_, index) => `/api/tokens/${crowded}?limit=${(index % 100) + 1}`);
    const answers = await Promise.all(paths.map((path) => fetch(api.url + path).then((answer) => answer.status)));
    expect(new Set(answers)).toEqual(new Set([200]));
    const { byWallet } = devnet.control.insight.counts();
    expect(byWallet[crowded]).toEqual(byWallet[measured]);
  }, 30_000);

  it('answers for a wallet that holds nothing', async () => {
    expect(await pageOf('', freshAddress())).toMatchObject({
      success: true,
      tokens: [],
      totalUsdValue: '0.000000',
      hasMore: false,
    });
  });

  it('logs loads and invalidations with entry and duration, and no address above debug', () => {
    const lines = api.log.map((line) => JSON.parse(line) as Record<string, unknown>);
    // What is warmed has no request behind it.
    const loads = lines.filter(({ event, entry }) => event === 'cache.load' && entry === 'token balances');
    expect(loads.length).toBeGreaterThan(0);
    expect(loads[0]).toMatchObject({
      level: 'info',
      entry: 'token balances',
      durationMs: expect.any(Number) as number,
      requestId: expect.any(String) as string,
    });
    const loud = api.log.filter((line) => !line.includes('"level":"debug"') && !line.includes('"level":"trace"'));
    expect(loud.filter((line) => /0x[0-9a-f]{40}/i.test(line))).toEqual([]);
  });
});
