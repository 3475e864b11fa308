import type { Devnet, TokenKind } from '@chaincache/devnet';
import { parseUnits } from 'viem';
import { startApi, startTestDevnet, type TestApi } from './test-api.js';

jest.setTimeout(60_000);

describe('quotes', () => {
  let devnet: Devnet;
  let api: TestApi;

  beforeAll(async () => {
    devnet = await startTestDevnet({ tokens: 16 });
    api = await startApi(devnet, { BRIDGE_URL: devnet.bridge.url, CORS_ORIGINS: 'https://app.example' });
  });
  afterAll(async () => {
    await api?.close();
    await devnet?.stop();
  });
  afterEach(() => devnet.control.bridge.clear());

  const tokenOf = (kind: TokenKind) => devnet.tokens.find((token) => token.kind === kind)!.address.toLowerCase();
  const ask = (tokens: readonly { address: string; amount: string }[], more: object = {}) =>
    api.post('/api/quotes', {
      chainId: 31337,
      sender: devnet.wallets[0].address,
      destinationToken: devnet.evm.stable,
      tokens,
      ...more,
    });
  const whole = (kind: TokenKind, amount = parseUnits('1', 18)) => ({
    address: tokenOf(kind),
    amount: amount.toString(),
  });

  it('give each token’s price with the calls that sell it', async () => {
    const { body } = await ask([whole('zero-decimals', 2n)]).expect(200);
    expect(body).toMatchObject({ success: true, failed: [], totalDestinationAmount: '24925000', simulated: true });
    const [quote] = body.quotes;
    expect(quote).toMatchObject({ token: tokenOf('zero-decimals'), amount: '2', destinationAmount: '24925000' });
    expect(quote.calls.map((call: any) => call.to.toLowerCase())).toEqual([
      tokenOf('zero-decimals'),
      devnet.evm.market.toLowerCase(),
    ]);
    expect(Date.parse(body.expiresAt)).toBeGreaterThan(Date.now());
  });

  it('leave out, each with its reason, what cannot be sold, so that it does not undo the rest', async () => {
    const { body } = await ask([
      whole('plain', 1_000n),
      whole('frozen'),
      whole('fee-on-transfer'),
      whole('unpriced'),
      whole('dust', 1n),
      whole('stable', 5n),
    ]).expect(200);
    expect(body.quotes.map(({ token }: any) => token)).toEqual([tokenOf('plain')]);
    const reasons = Object.fromEntries(body.failed.map(({ token, code }: any) => [token, code]));
    expect(reasons).toEqual({
      [tokenOf('frozen')]: 'transfer-reverts',
      [tokenOf('fee-on-transfer')]: 'slippage',
      [tokenOf('unpriced')]: 'no-route',
      [tokenOf('dust')]: 'amount-too-low',
      [tokenOf('stable')]: 'same-token',
    });
  });

  it('are still given for the rest when the Bridge fails for one; when it fails for all, that is a 503', async () => {
    devnet.control.bridge.fail(500, 1);
    const { body } = await ask([whole('plain', 1_000n), whole('zero-decimals', 1n)]).expect(200);
    expect([body.quotes.length, body.failed[0].code]).toEqual([1, 'unavailable']);
    devnet.control.bridge.fail(500);
    const refused = await ask([whole('plain', 1_000n)]).expect(503);
    expect(refused.headers['retry-after']).toBeDefined();
  });

  it('are given in any token that they can be paid out in', async () => {
    const { body } = await ask([whole('zero-decimals', 2n)], { destinationToken: tokenOf('plain') }).expect(200);
    expect(body).toMatchObject({ destinationToken: tokenOf('plain'), failed: [], simulated: true });
    // 2 × $12.50, less 0.3 %, in units of 1e-8 WBTC at $64250.12.
    expect(body.totalDestinationAmount).toBe('38794');
  });

  it('name the field that is wrong', async () => {
    const fieldOf = async (request: ReturnType<typeof ask>): Promise<string> =>
      (await request.expect(400)).body.errors[0].field;
    expect(await fieldOf(ask([{ address: tokenOf('plain'), amount: '1.5' }]))).toMatch(/amount/);
    expect(await fieldOf(ask([{ address: '0x12', amount: '1' }]))).toMatch(/address/);
    expect(await fieldOf(ask([]))).toBe('tokens');
    expect(await fieldOf(ask([whole('plain', 1_000n), whole('plain', 1_000n)]))).toBe('tokens');
    expect(await fieldOf(ask([whole('plain', 1_000n)], { chainId: 1 }))).toBe('chainId');
    expect(await fieldOf(ask([whole('plain', 1_000n)], { recipient: '0x' }))).toBeDefined();
  });

  it('are limited for each client, with Retry-After', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => ask([whole('stable')])));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(Number(refused[0]!.headers['retry-after'])).toBeGreaterThan(0);
  });

  it('come with what tokens can be sold for: USDC first', async () => {
    const { body } = await api.get('/api/quotes/destinations?chainId=31337').expect(200);
    expect(
      body.destinations.map(({ chainId, address, symbol, decimals }: any) => [chainId, address, symbol, decimals]),
    ).toEqual([
      [31337, devnet.evm.stable.toLowerCase(), 'USDC', 6],
      [31337, tokenOf('plain'), 'WBTC', 8],
    ]);
    await api.get('/api/quotes/destinations?chainId=5').expect(400);
  });

  it('can be asked for from the origins that the configuration names, and from no others', async () => {
    const preflight = (origin: string) =>
      fetch(`${api.url}/api/quotes`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
      });
    expect((await preflight('https://app.example')).headers.get('access-control-allow-origin')).toBe(
      'https://app.example',
    );
    expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
  });
});
