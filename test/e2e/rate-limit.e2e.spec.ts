import type { Devnet } from '@chaincache/devnet';
import { freshAddress, startApi, startTestDevnet, type TestApi } from './test-api.js';

describe('a flood of wallets that are not cached', () => {
  let devnet: Devnet;
  let api: TestApi;

  beforeAll(async () => {
    devnet = await startTestDevnet({ tokens: 3 });
    api = await startApi(devnet, { RATE_LIMIT_COLD_LOADS: '1', RATE_LIMIT_BURST: '3', TRUST_PROXY: '1' });
  }, 60_000);

  afterAll(async () => {
    await api?.close();
    await devnet?.stop();
  });

  const tokens = (address: string, client: string) => api.get(`/api/tokens/${address}`, { 'x-forwarded-for': client });

  it('is answered with 429 and Retry-After once the client’s loads are used up, and the source is spared', async () => {
    devnet.control.insight.resetCounts();
    const floods = Array.from({ length: 50 }, () => tokens(freshAddress(), '198.51.100.1'));
    const answers = await Promise.all(floods);
    const refused = answers.filter(({ status }) => status === 429);
    expect([answers.length - refused.length, refused.length]).toEqual([3, 47]);
    for (const { headers, body } of refused) {
      expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
      expect(body.status).toBe(429);
    }
    expect(Object.keys(devnet.control.insight.counts().byWallet)).toHaveLength(3);
  });

  it('leaves hits alone, those of the flooding client too', async () => {
    const cached = devnet.wallets[0].address;
    await tokens(cached, '198.51.100.2').expect(200);
    await tokens(freshAddress(), '198.51.100.1').expect(429);
    const hits = await Promise.all(Array.from({ length: 20 }, () => tokens(cached, '198.51.100.1')));
    expect(new Set(hits.map(({ status, headers }) => `${status} ${headers['x-cache'] as string}`))).toEqual(
      new Set(['200 L1']),
    );
  });

  it('leaves other clients alone, even when they ask for the same wallet at the same time', async () => {
    const wanted = freshAddress();
    const both = Array.from({ length: 10 }, () => [tokens(wanted, '198.51.100.1'), tokens(wanted, '198.51.100.3')]);
    const answers = await Promise.all(both.flat());
    expect(new Set(answers.filter((_, index) => index % 2 === 1).map(({ status }) => status))).toEqual(new Set([200]));
  });

  it('counts an IPv6 client by its /64', async () => {
    const tail = ['::1', '::2', ':1:2:3:4', ':ffff::9'].map((end) => `2001:db8:1:2${end}`);
    const answers = await Promise.all(tail.map((client) => tokens(freshAddress(), client)));
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
  });

  it('believes only as many proxies as are configured', async () => {
    // What the client itself wrote stands further left than what the nearest proxy added.
    const answers = await Promise.all(
      Array.from({ length: 4 }, (_, index) => tokens(freshAddress(), `203.0.113.${index}, 198.51.100.4`)),
    );
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
  });
});
