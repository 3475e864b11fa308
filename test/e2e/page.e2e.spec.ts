import type { Devnet } from '@chaincache/devnet';
import { startApi, startTestDevnet, type TestApi } from './test-api.js';

jest.setTimeout(60_000);

describe('the page that the API serves', () => {
  let devnet: Devnet;
  let api: TestApi;
  let production: TestApi;

  beforeAll(async () => {
    devnet = await startTestDevnet({ tokens: 1 });
    [api, production] = await Promise.all([
      startApi(devnet, { DEVNET_WALLET_URL: devnet.browserWallet.url }),
      startApi(devnet),
    ]);
  });
  afterAll(async () => {
    await Promise.all([api?.close(), production?.close()]);
    await devnet?.stop();
  });

  it('may load nothing from anywhere else, and is asked about anew each time', async () => {
    const { headers, text } = await api.get('/').expect(200);
    expect(headers['content-type']).toContain('text/html');
    expect(headers['cache-control']).toBe('no-cache');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).not.toMatch(/unsafe|https?:/);
    expect(text).not.toMatch(/(src|href)="https?:/);
    await api.get('/', { 'if-none-match': headers['etag']! }).expect(304);
  });

  it('has parts that are kept for good, compressed for who takes it', async () => {
    const { text } = await api.get('/').expect(200);
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(text)![1]!;
    const { headers } = await api.get(script, { 'accept-encoding': 'gzip' }).expect(200);
    expect(headers['cache-control']).toContain('immutable');
    expect(headers['content-encoding']).toBe('gzip');
    const plain = await fetch(`${api.url}${script}`, { headers: { 'accept-encoding': 'identity' } });
    expect(plain.headers.get('content-encoding')).toBeNull();
  });

  it('offers the devnet’s wallet only where the devnet is used', async () => {
    expect((await api.get('/').expect(200)).text).toContain('/devnet-wallet.js');
    await api.get('/devnet-wallet.js').expect(200);
    expect((await production.get('/').expect(200)).text).not.toContain('devnet-wallet');
    await production.get('/devnet-wallet.js').expect(404);
    await production.post('/devnet-wallet/rpc', { method: 'devnet_wallets' }).expect(404);
  });

  it('lets no foreign page ask the devnet’s wallet to sign', async () => {
    const ask = (headers: Readonly<Record<string, string>>) =>
      api.post('/devnet-wallet/rpc', { method: 'devnet_wallets' }, headers);
    expect((await ask({}).expect(200)).body.result.wallets).toHaveLength(3);
    await ask({ origin: 'https://evil.example' }).expect(403);
    await ask({ host: 'rebound.example' }).expect(403);
  });
});
