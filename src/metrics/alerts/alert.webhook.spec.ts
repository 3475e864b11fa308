import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ManualClock } from '@chaincache/cache/testing';
import { AlertChanged } from './alert-changed.event.js';
import { AlertWebhook } from './alert.webhook.js';

const SECRET = 'a-secret-of-the-receiver';
const fired = new AlertChanged(
  'high-memory',
  'firing',
  91,
  80,
  'Redis uses more than 80 %',
  '2026-01-01T00:00:00.000Z',
  'here',
);

interface Post {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

describe('the webhook of alerts', () => {
  let clock: ManualClock;
  let server: Server;
  let posts: Post[];
  /** The status of each answer in turn, then 200; 0: no answer at all. */
  let answers: number[];
  let webhook: AlertWebhook;

  beforeEach(async () => {
    clock = new ManualClock();
    posts = [];
    answers = [];
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        posts.push({ headers: request.headers, body });
        const status = answers.shift() ?? 200;
        if (status !== 0) response.writeHead(status).end();
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/alerts`;
    webhook = new AlertWebhook({ url, secret: SECRET, timeoutMs: 200 }, clock);
  });
  afterEach(async () => {
    webhook.stop();
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  /** Delivers while real I/O happens, and time passes whenever somebody waits for it. */
  async function deliver(isOld?: () => boolean): Promise<string | null> {
    let ended = false;
    const delivery = webhook.deliver(fired, 'delivery-1', isOld).finally(() => (ended = true));
    while (!ended) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (clock.pendingTimers > 0) await clock.advance(8_000);
    }
    return delivery;
  }

  it('posts what happened, signed so that the receiver can tell who it is from', async () => {
    expect(await deliver()).toBeNull();
    const { headers, body } = posts[0]!;
    expect(JSON.parse(body)).toEqual(Object.assign({ type: 'cache.alert' }, fired));
    const signed = `${headers['webhook-id'] as string}.${headers['webhook-timestamp'] as string}.${body}`;
    const expected = createHmac('sha256', SECRET).update(signed).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${expected}`);
  });

  it('tries again under the same id until it is taken', async () => {
    answers = [500, 503];
    expect(await deliver()).toBeNull();
    expect(posts.map(({ headers }) => headers['webhook-id'])).toEqual(['delivery-1', 'delivery-1', 'delivery-1']);
  });

  it('gives a receiver that hangs five attempts, and up', async () => {
    answers = [0, 0, 0, 0, 0];
    expect(await deliver()).toBe('TimeoutError');
    expect(posts).toHaveLength(5);
  }, 20_000);

  it('does not repeat what is no news any more', async () => {
    answers = [500];
    expect(await deliver(() => true)).toBe('replaced by newer news');
    expect(posts).toHaveLength(1);
  });

  it('follows no redirect', async () => {
    answers = [302, 302, 302, 302, 302];
    expect(await deliver()).toBe('it answered 302');
  });

  it('ends at once when it is told to', async () => {
    answers = [0];
    const delivery = webhook.deliver(fired, 'delivery-1');
    while (posts.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    webhook.stop();
    if (clock.pendingTimers > 0) await clock.advance(1_000);
    expect(await delivery).toBe('AbortError');
  });
});
