import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { Devnet } from '@chaincache/devnet';
import { ADMIN_API_KEY, freshAddress, startApi, startTestDevnet, type TestApi } from './test-api.js';

jest.setTimeout(60_000);

const ADMIN = { 'x-api-key': ADMIN_API_KEY };

interface News {
  readonly at: number;
  readonly stats: {
    readonly instance: string;
    readonly hits: number;
    readonly topMissKeys: readonly { readonly key: string }[];
    readonly fleet: { readonly topMissKeys: readonly { readonly key: string }[] };
  };
  readonly scopes?: readonly string[];
  readonly history?: readonly unknown[];
}

/** One open stream, and what it told. */
class OpenStream {
  readonly events: { readonly event: string; readonly news: News }[] = [];
  readonly ended: Promise<unknown>;
  private text = '';

  private constructor(private readonly response: IncomingMessage) {
    this.ended = new Promise((resolve) => response.once('close', resolve));
    response.on('error', () => undefined);
    response.setEncoding('utf8').on('data', (text: string) => this.read(text));
  }

  static async open(api: TestApi, key: string): Promise<OpenStream> {
    const stream = new OpenStream(await ask(api, key));
    const { statusCode, headers } = stream.response;
    expect(statusCode).toBe(200);
    expect(headers['content-type']).toContain('text/event-stream');
    expect(headers['cache-control']).toBe('no-store');
    await stream.until(1);
    return stream;
  }

  async until(count: number): Promise<void> {
    while (this.events.length < count) await once(this.response, 'data');
  }

  close(): void {
    this.response.destroy();
  }

  private read(text: string): void {
    const blocks = (this.text + text).split('\n\n');
    this.text = blocks.pop()!;
    for (const block of blocks) {
      const [, event, data] = /^event: (\w+)\ndata: (.*)$/.exec(block)!;
      this.events.push({ event: event!, news: JSON.parse(data!) as News });
    }
  }
}

/** By a connection of its own, which ends with it: fetch opens others ahead, which an application that stops waits for. */
function ask(api: TestApi, key: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(`${api.url}/api/cache/stats/stream`, { headers: { 'x-api-key': key }, agent: false }, resolve).on(
      'error',
      reject,
    );
  });
}

describe('the cache console', () => {
  let devnet: Devnet;
  let api: TestApi;

  beforeAll(async () => {
    devnet = await startTestDevnet({ tokens: 3 });
    api = await startApi(devnet);
  });
  afterAll(async () => {
    await api?.close();
    await devnet?.stop();
  });

  const keyWith = async (...scopes: string[]): Promise<{ readonly key: string; readonly id: string }> => {
    const { body } = await api.post('/api/api-keys', { walletAddress: freshAddress(), scopes }, ADMIN).expect(201);
    return body as { key: string; id: string };
  };

  describe('its page', () => {
    it('is served to everybody, and may load and call nothing but this server', async () => {
      const { text, headers } = await api
        .get('/console')
        .expect(200)
        .expect('content-type', /text\/html/);
      const policy = headers['content-security-policy'] as string;
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("connect-src 'self'");
      expect(policy).not.toContain('unsafe');
      const addresses = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!);
      expect(addresses.length).toBeGreaterThan(1);
      for (const address of addresses) {
        expect(address).toMatch(/^\//);
        await api.get(address).expect(200);
      }
    });
  });

  describe('its stream', () => {
    const path = '/api/cache/stats/stream';

    it('is refused without a key, with an unknown one, and with one that may not read the cache', async () => {
      await api.get(path).expect(401);
      await api.get(path, { 'x-api-key': 'no-such-key-anywhere' }).expect(401);
      await api.get(path, { 'x-api-key': (await keyWith('users:write')).key }).expect(403);
    });

    it('begins with what the key may do and what is remembered, and goes on with the figures as they change', async () => {
      const stream = await OpenStream.open(api, ADMIN_API_KEY);
      const [{ event, news }] = stream.events as [OpenStream['events'][number]];
      expect(event).toBe('open');
      expect(news.scopes).toContain('cache:admin');
      expect(news.history).toEqual(expect.any(Array));

      const wallet = freshAddress();
      await api.get(`/api/tokens/${wallet}`).expect(200);
      for (let count = 0; count < 5; count += 1) await api.get(`/api/tokens/${wallet}`).expect(200);
      const told = stream.events.length;
      await stream.until(told + 2);
      const last = stream.events.at(-1)!;
      expect(last.event).toBe('stats');
      expect(last.news.at).toBeGreaterThan(news.at);
      expect(last.news.stats.hits).toBeGreaterThanOrEqual(news.stats.hits + 5);
      expect(last.news.stats.instance).toBe(news.stats.instance);
      stream.close();
    });

    it('names keys and wallets only to who has cache:admin', async () => {
      const wallet = freshAddress();
      await api.get(`/api/tokens/${wallet}`).expect(200);
      const [{ key: reader }, { key: admin }] = await Promise.all([
        keyWith('cache:read'),
        keyWith('cache:read', 'cache:admin'),
      ]);
      const [masked, named] = await Promise.all([OpenStream.open(api, reader), OpenStream.open(api, admin)]);
      await Promise.all([masked.until(2), named.until(2)]);
      const inFull = /0x[0-9a-f]{40}/;
      for (const { news } of masked.events) expect(JSON.stringify(news)).not.toMatch(inFull);
      for (const { news } of named.events) {
        expect(news.stats.topMissKeys.map(({ key }) => key)).toContain(`tokens:${wallet}`);
        expect(news.stats.fleet.topMissKeys.map(({ key }) => key)).toContain(`tokens:${wallet}`);
      }
      masked.close();
      named.close();
    });

    it('ends when its key is revoked', async () => {
      const { key, id } = await keyWith('cache:read');
      const stream = await OpenStream.open(api, key);
      await api.post(`/api/api-keys/${id}/revoke`, {}, ADMIN).expect(200);
      await stream.ended;
      await api.get(path, { 'x-api-key': key }).expect(401);
    });

    it('is bounded for each client: more is a 429, until one ends', async () => {
      const { key } = await keyWith('cache:read');
      const open: OpenStream[] = [];
      const status = async (): Promise<number> => {
        const response = await ask(api, key);
        response.destroy();
        return response.statusCode!;
      };
      for (let count = 0; count < 8; count += 1) open.push(await OpenStream.open(api, key));
      const refused = await api.get(path, { 'x-api-key': key }).expect(429);
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
      open[0]!.close();
      while ((await status()) !== 200);
      for (const stream of open) stream.close();
    });

    it('ends when the application stops, which waits for none of them', async () => {
      const other = await startApi(devnet);
      const stream = await OpenStream.open(other, ADMIN_API_KEY);
      await other.close();
      await stream.ended;
    });
  });
});
