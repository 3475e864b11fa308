import { Agent, createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { amount, apiKeys, balances, settled, SimulatedFleet, type Balance } from '../../testing/simulated.fleet.js';
import type { SimulatedProcess } from '../../testing/simulated.fleet.js';
import { ask as askUrl } from '../../../../test/support/plain.http.js';
import type { EntryRef } from '../catalog.js';
import { answerAhead, HotAnswers, type AnswerSource, type HotAnswersOptions } from './index.js';

const HEADERS = { 'content-type': 'application/json', 'x-frame-options': 'DENY' };
const ref = balances.ref({ address: 'a' });

describe('hot answers', () => {
  let fleet: SimulatedFleet;
  let process: SimulatedProcess;
  let server: Server;
  let answers: HotAnswers;
  let rendered = 0;
  let passedOn = 0;
  let isOpen = true;

  const sourceOf = (target: EntryRef<Balance>, variant?: () => string): AnswerSource<Balance> => ({
    ref: target,
    render: (value) => {
      rendered += 1;
      return { balance: value.amount, of: variant?.() };
    },
    ...(variant && { variant }),
  });

  /** A framework that reads through the cache and answers 200 without a body. */
  async function serve(source: AnswerSource<Balance>, options?: HotAnswersOptions): Promise<void> {
    answers = new HotAnswers(process.hits, options);
    server = createServer((request, response) => {
      passedOn += 1;
      void (async () => {
        await process.manager.getOrSet(source.ref, amount('loaded'));
        answers.learn(request, source, HEADERS);
        response.writeHead(200, HEADERS).end();
      })();
    });
    answerAhead(server, answers, () => isOpen);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  }

  /** On a connection of its own. */
  function ask(path: string, headers: Record<string, string> = {}, method = 'GET') {
    return askUrl(urlOf('/'), headers, { path, method, agent: false });
  }

  const urlOf = (path: string): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;

  beforeEach(async () => {
    fleet = new SimulatedFleet();
    process = await fleet.start();
    rendered = passedOn = 0;
    isOpen = true;
  });

  afterEach(async () => {
    await new Promise((resolve) => server.close(resolve));
    await fleet.stop();
  });

  it('are given from L1 with the headers of the framework’s own answer, rendered once for all', async () => {
    await serve(sourceOf(ref), { requestId: () => 'the id' });
    await ask('/a');
    await fleet.clock.advance(1_500);
    const answer = await ask('/a');
    expect(answer).toMatchObject({ status: 200, body: '{"balance":"loaded"}' });
    expect(answer.headers).toMatchObject({
      ...HEADERS,
      'x-cache': 'L1',
      age: '1',
      'x-request-id': 'the id',
      'content-length': '20',
    });
    await ask('/a');
    expect([rendered, passedOn]).toEqual([1, 1]);
  });

  it('are a 304 without content for a client that has these bytes', async () => {
    await serve(sourceOf(ref));
    await ask('/a');
    const { etag } = (await ask('/a')).headers;
    const unchanged = await ask('/a', { 'If-None-Match': `"x", W/${etag}` });
    expect(unchanged).toMatchObject({ status: 304, body: '', headers: { etag, 'x-frame-options': 'DENY' } });
    expect(unchanged.headers['content-type']).toBeUndefined();
    expect((await ask('/a', { 'if-none-match': '"x"' })).status).toBe(200);
    expect(passedOn).toBe(1);
  });

  it('are the same however often they are given on a connection, with an age and an id of their own', async () => {
    let asked = 0;
    await serve(sourceOf(ref), { requestId: () => `id ${(asked += 1)}` });
    await ask('/a');
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (const headers of [{}, { 'if-none-match': '*' }]) {
      const first = await askUrl(urlOf('/a'), headers, { agent });
      const { age, 'x-request-id': id, date, ...same } = first.headers;
      expect([age, id, date]).toEqual([expect.any(String), `id ${asked}`, expect.any(String)]);
      // L1 may serve for five seconds.
      for (let time = 0; time < 2; time += 1) {
        await fleet.clock.advance(1_000);
        const next = await askUrl(urlOf('/a'), headers, { agent });
        expect(next).toMatchObject({ status: first.status, body: first.body, headers: same });
        expect(Object.keys(next.headers)).toEqual(Object.keys(first.headers));
        expect(Number(next.headers.age)).toBe(Number(age) + time + 1);
        expect(next.headers['x-request-id']).toBe(`id ${asked}`);
        expect(Math.abs(Date.parse(next.headers.date!) - Date.now())).toBeLessThan(60_000);
      }
    }
    agent.destroy();
    expect(passedOn).toBe(1);
  });

  it('end the connection of a client that wants it ended', async () => {
    await serve(sourceOf(ref));
    const agent = new Agent({ keepAlive: true });
    for (let time = 0; time < 3; time += 1) await askUrl(urlOf('/a'), {}, { agent });
    agent.destroy();
    expect((await ask('/a')).headers).toMatchObject({ connection: 'close', 'x-cache': 'L1' });
    expect((await ask('/a', { 'if-none-match': '*' })).headers).toMatchObject({ connection: 'close' });
  });

  it('keep the headers that somebody before them has set', async () => {
    await serve(sourceOf(ref));
    const agent = new Agent({ keepAlive: true });
    for (let time = 0; time < 3; time += 1) await askUrl(urlOf('/a'), {}, { agent });
    server.prependListener('request', (_request, response) => response.setHeader('x-traced', 'yes'));
    expect((await askUrl(urlOf('/a'), {}, { agent })).headers).toMatchObject({ 'x-traced': 'yes', 'x-cache': 'L1' });
    agent.destroy();
  });

  it('have no header that was set for another client before the first of them', async () => {
    await serve(sourceOf(ref));
    await ask('/a');
    let clients = 0;
    server.prependListener('request', (_request, response) => {
      if ((clients += 1) === 1) response.setHeader('set-cookie', 'own=to one');
    });
    const agent = new Agent({ keepAlive: true });
    expect((await askUrl(urlOf('/a'), {}, { agent })).headers['set-cookie']).toEqual(['own=to one']);
    for (let time = 0; time < 2; time += 1) {
      expect((await askUrl(urlOf('/a'), {}, { agent })).headers).not.toHaveProperty('set-cookie');
    }
    agent.destroy();
  });

  it('have no header that an id brings in', async () => {
    let id = 'good';
    await serve(sourceOf(ref), { requestId: () => id });
    const agent = new Agent({ keepAlive: true });
    for (let time = 0; time < 3; time += 1) await askUrl(urlOf('/a'), {}, { agent });
    const refused = new Promise((resolve) => {
      server.removeAllListeners('request');
      server.on('request', (request, response) => {
        try {
          answers.answer(request, response, () => {});
        } catch (error) {
          resolve(error);
        }
        response.destroy();
      });
    });
    id = 'bad\r\nx-own: yes';
    askUrl(urlOf('/a'), {}, { agent }).catch(() => {});
    expect(await refused).toMatchObject({ code: 'ERR_INVALID_CHAR' });
    agent.destroy();
  });

  it('are never of before an invalidation', async () => {
    await serve(sourceOf(ref));
    await ask('/a');
    await ask('/a');
    await process.manager.getOrSet(ref, amount('2'), { mode: 'fresh' });
    expect((await ask('/a')).body).toBe('{"balance":"2"}');
    const other = await fleet.start();
    await other.invalidator.invalidateByTag('wallet:a');
    await ask('/a');
    expect(passedOn).toBe(2);
    expect((await ask('/a')).body).toBe('{"balance":"loaded"}');
  });

  it('are given from L2 where L1 may hold nothing, and rendered once for a fill', async () => {
    await serve(sourceOf(apiKeys.ref({ hash: 'h' })));
    await ask('/key');
    for (let time = 0; time < 3; time += 1) {
      expect(await ask('/key')).toMatchObject({ body: '{"balance":"loaded"}', headers: { 'x-cache': 'L2' } });
    }
    expect([rendered, passedOn]).toEqual([1, 1]);
  });

  it('are the framework’s where L2 has nothing, or does not answer', async () => {
    await serve(sourceOf(apiKeys.ref({ hash: 'h' })));
    await ask('/key');
    fleet.server.flush();
    await ask('/key');
    process.store.fail('reject', { operation: 'readMany', times: 1 });
    await ask('/key');
    expect(passedOn).toBe(3);
  });

  it('are rendered again for another variant of the same value', async () => {
    let day = 'monday';
    await serve(sourceOf(ref, () => day));
    await ask('/a');
    expect((await ask('/a')).body).toBe('{"balance":"loaded","of":"monday"}');
    day = 'tuesday';
    expect((await ask('/a')).body).toBe('{"balance":"loaded","of":"tuesday"}');
    await ask('/a');
    expect(rendered).toBe(2);
  });

  it('are told apart by the whole URL and by the origin', async () => {
    await serve(sourceOf(ref));
    for (const [path, origin] of [['/a'], ['/a?'], ['/a?b=1'], ['/a', 'https://one'], ['/a', 'https://two']] as const) {
      await ask(path, origin === undefined ? {} : { origin });
    }
    expect(passedOn).toBe(5);
  });

  it('are for plain GETs only', async () => {
    await serve(sourceOf(ref));
    await ask('/a');
    await ask('/a', {}, 'HEAD');
    await ask('/a', {}, 'POST');
    await ask('/a', { range: 'bytes=0-1' });
    await ask('/a', { 'content-length': '0' });
    expect(passedOn).toBe(5);
  });

  it.each([
    ['short', 'Ünïcödé 漢字 🚀'],
    ['long', '漢字'.repeat(20_000)],
  ])('are the very bytes of a %s text', async (_length, text) => {
    await serve({ ref, render: () => ({ text }) });
    await ask('/a');
    const answer = await ask('/a');
    expect(JSON.parse(answer.body)).toEqual({ text });
    expect(answer.headers['content-length']).toBe(String(Buffer.byteLength(JSON.stringify({ text }))));
    expect(passedOn).toBe(1);
  });

  it('are not given while they are closed', async () => {
    await serve(sourceOf(ref));
    await ask('/a');
    isOpen = false;
    await ask('/a');
    expect(passedOn).toBe(2);
  });

  it.each([
    ['set-cookie', 'a=b'],
    ['cache-control', 'private, no-cache'],
    ['content-encoding', 'gzip'],
    ['vary', 'Origin, Accept'],
  ])('are not learnt from an answer with %s: %s', async (name, value) => {
    await serve(sourceOf(ref));
    await ask('/a');
    const request = { method: 'GET', url: '/own', rawHeaders: [] as string[] } as IncomingMessage;
    answers.learn(request, sourceOf(ref), { ...HEADERS, [name]: value });
    await ask('/own');
    expect(passedOn).toBe(2);
  });

  it('are not sent, nor asked for elsewhere, when nobody waits any more', async () => {
    await serve(sourceOf(apiKeys.ref({ hash: 'h' })));
    await ask('/key');
    fleet.server.flush();
    process.store.fail('hang', { operation: 'readMany', times: 1 });
    const { port } = server.address() as AddressInfo;
    const aborted = get({ port, path: '/key', agent: false }).on('error', () => {});
    const closed = new Promise((resolve) => {
      server.once('request', (_request, response) => {
        response.once('close', resolve);
        aborted.destroy();
      });
    });
    await closed;
    process.store.thaw();
    await settled();
    await settled();
    expect(passedOn).toBe(1);
  });

  it('are the framework’s again when they cannot be rendered', async () => {
    await serve({
      ref,
      render: () => {
        throw new Error('cannot');
      },
    });
    expect((await ask('/a')).status).toBe(200);
    expect((await ask('/a')).status).toBe(200);
    expect(passedOn).toBe(2);
  });

  it('stay within their bytes, and forget what was not asked for lately', async () => {
    await serve(sourceOf(ref), { maxBytes: 10_000 });
    await ask('/kept');
    for (let index = 0; index < 40; index += 1) {
      await ask(`/a?${index}`);
      await ask('/kept');
    }
    expect(passedOn).toBe(41);
    await ask('/a?0');
    expect(passedOn).toBe(42);
  });
});
