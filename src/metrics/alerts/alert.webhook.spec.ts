import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ManualClock } from '@chaincache/cache/testing';
import { AlertChanged } from './alert-changed.event.js';
import { AlertWebhook } from './alert.webhook.js';

const SECRET = 'a-secret-of-the-receiver';
const changed = (state: AlertChanged['state'], alert: AlertChanged['alert'] = 'high-memory'): AlertChanged =>
  new AlertChanged(alert, state, 91, 80, 'Redis uses more than 80 %', '2026-01-01T00:00:00.000Z', 'here');

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
  let lost: string[];
  let webhook: AlertWebhook;

  beforeEach(async () => {
    clock = new ManualClock();
    posts = [];
    answers = [];
    lost = [];
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
    webhook = new AlertWebhook({ url, secret: SECRET, timeoutMs: 200 }, clock, (_event, reason) => lost.push(reason));
  });
  afterEach(async () => {
    webhook.stop();
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  /** Lets real I/O happen, and time pass whenever somebody waits for it. */
  async function until(done: () => boolean): Promise<void> {
    for (let round = 0; !done(); round += 1) {
      if (round === 2_000) throw new Error('it did not come to pass');
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (clock.pendingTimers > 0) await clock.advance(8_000);
    }
  }

  it('posts what happened, signed so that the receiver can tell who it is from', async () => {
    webhook.send(changed('firing'));
    await until(() => posts.length === 1);
    const { headers, body } = posts[0]!;
    expect(JSON.parse(body)).toEqual(Object.assign({ type: 'cache.alert' }, changed('firing')));
    const signed = `${headers['webhook-id'] as string}.${headers['webhook-timestamp'] as string}.${body}`;
    const expected = createHmac('sha256', SECRET).update(signed).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${expected}`);
  });

  it('tries again under the same id until it is taken', async () => {
    answers = [500, 503];
    webhook.send(changed('firing'));
    await until(() => posts.length === 3);
    expect(new Set(posts.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(lost).toEqual([]);
  });

  it('gives a receiver that hangs five attempts, and up', async () => {
    answers = [0, 0, 0, 0, 0];
    webhook.send(changed('firing'));
    await until(() => lost.length === 1);
    expect(posts).toHaveLength(5);
    expect(lost).toEqual(['TimeoutError']);
  }, 20_000);

  it('tells each state once: nothing twice, and no end of what was never told', async () => {
    webhook.send(changed('resolved'));
    webhook.send(changed('firing'));
    webhook.send(changed('firing'));
    await until(() => posts.length === 1);
    webhook.send(changed('firing'));
    webhook.send(changed('resolved'));
    await until(() => posts.length === 2);
    const states = posts.map(({ body }) => (JSON.parse(body) as AlertChanged).state);
    expect(states).toEqual(['firing', 'resolved']);
  });

  it('drops old news for new, and lets one alert not wait for another', async () => {
    answers = [0, 200];
    webhook.send(changed('firing'));
    await until(() => posts.length === 1);
    webhook.send(changed('resolved'));
    webhook.send(changed('firing', 'connection-lost'));
    await until(() => lost.length === 1 && posts.length === 2);
    expect(JSON.parse(posts[1]!.body)).toMatchObject({ alert: 'connection-lost' });
    expect(lost).toEqual(['replaced by newer news']);
  });

  it('follows no redirect', async () => {
    answers = [302, 302, 302, 302, 302];
    webhook.send(changed('firing'));
    await until(() => lost.length === 1);
    expect(lost).toEqual(['it answered 302']);
  });
});
