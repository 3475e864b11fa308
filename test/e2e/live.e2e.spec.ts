import type { Devnet } from '@chaincache/devnet';
import { startRedis, type TestRedis } from '../support/services.js';
import { freshAddress, startApi, startTestDevnet, type TestApi } from './test-api.js';

jest.setTimeout(60_000);

/** The events of one stream, as they arrive. */
class Listener {
  private text = '';
  private readonly end = new AbortController();
  ended: Promise<void> = Promise.resolve();

  static async open(api: TestApi, wallet: string): Promise<Listener> {
    const listener = new Listener();
    const { signal } = listener.end;
    const response = await fetch(`${api.url}/api/tokens/${wallet}/events`, { signal });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    listener.ended = listener.read(response.body!);
    await listener.until('open');
    return listener;
  }

  events(): string[] {
    return [...this.text.matchAll(/^event: (\w+)$/gm)].map((match) => match[1]!);
  }

  async until(event: string, times = 1): Promise<void> {
    while (this.events().filter((one) => one === event).length < times)
      await new Promise((resolve) => setTimeout(resolve, 5));
  }

  close(): void {
    this.end.abort();
  }

  private async read(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    try {
      for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) this.text += decoder.decode(chunk);
    } catch {
      // Closed by the test.
    }
  }
}

describe('a wallet’s server-sent events', () => {
  let devnet: Devnet;
  let redis: TestRedis;
  let api: TestApi;
  let other: TestApi;

  beforeAll(async () => {
    [devnet, redis] = await Promise.all([startTestDevnet({ tokens: 3 }), startRedis()]);
    const environment = { REDIS_URL: redis.url, INVALIDATION_COOLDOWN: '0s', CORS_ORIGINS: '*' };
    [api, other] = await Promise.all([startApi(devnet, environment), startApi(devnet, environment)]);
  });
  afterAll(async () => {
    await Promise.all([api?.close(), other?.close()]);
    await Promise.all([redis?.stop(), devnet?.stop()]);
  });

  const invalidate = (at: TestApi, walletAddress: string) =>
    at.post('/api/cache', { action: 'invalidateWallet', walletAddress }).expect(200);

  it('tell of its invalidations, whichever instance was asked, and of nobody else’s', async () => {
    const [wallet, stranger] = [freshAddress(), freshAddress()];
    const [mine, theirs] = await Promise.all([Listener.open(api, wallet), Listener.open(api, stranger)]);
    await invalidate(api, wallet);
    await mine.until('changed', 1);
    await invalidate(other, wallet);
    await mine.until('changed', 2);
    await invalidate(api, stranger);
    await theirs.until('changed');
    expect(theirs.events().filter((event) => event === 'changed')).toHaveLength(1);
    mine.close();
    theirs.close();
  });

  it('say that something may have changed when everything was invalidated', async () => {
    const listener = await Listener.open(api, freshAddress());
    await api
      .post(
        '/api/cache',
        { action: 'invalidatePattern', pattern: 'tokens:*' },
        { 'x-api-key': 'an-admin-key-for-tests' },
      )
      .expect(200);
    await listener.until('doubted');
    listener.close();
  });

  it('may be read by pages of the configured origins', async () => {
    const controller = new AbortController();
    const response = await fetch(`${api.url}/api/tokens/${freshAddress()}/events`, {
      headers: { origin: 'https://app.example' },
      signal: controller.signal,
    });
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('cache-control')).toBe('no-store');
    controller.abort();
  });

  it('are bounded for each client: more is a 429, until one ends', async () => {
    const wallet = freshAddress();
    const open: Listener[] = [];
    for (let count = 0; count < 20; count += 1) open.push(await Listener.open(api, wallet));
    await api.get(`/api/tokens/${wallet}/events`).expect(429);
    open[0]!.close();
    await open[0]!.ended;
    for (;;) {
      const controller = new AbortController();
      const { status } = await fetch(`${api.url}/api/tokens/${wallet}/events`, { signal: controller.signal });
      controller.abort();
      if (status === 200) break;
    }
    for (const listener of open) listener.close();
  });

  it('refuse what is not an EVM address', async () => {
    await api.get('/api/tokens/0x12/events').expect(400);
  });

  it('end when the application stops, which waits for none of them', async () => {
    const third = await startApi(devnet);
    const listener = await Listener.open(third, freshAddress());
    await third.close();
    await listener.ended;
  });
});
