import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { fastify, type FastifyInstance } from 'fastify';
import { clientContext } from '../source/client.context.js';
import { beginEventStream } from './event.stream.js';
import { carryClientContext } from './request.context.js';

describe('whose request it is', () => {
  let server: FastifyInstance;
  let finish: () => void;
  let seen: (string | undefined)[];
  const clientNow = (): number => seen.push(clientContext.getStore()?.client);

  /** Looks after the answer, from what the handler began and nobody waits for. */
  async function lookLater(): Promise<void> {
    await new Promise<void>((resolve) => (finish = resolve));
    clientNow();
  }

  beforeEach(async () => {
    seen = [];
    server = fastify({ forceCloseConnections: true });
    carryClientContext(server);
    server.get('/slow', async () => {
      await new Promise<void>((resolve) => (finish = resolve));
      clientNow();
      void lookLater();
      return 'late';
    });
    server.get('/stream', (_request, reply) => {
      clientNow();
      beginEventStream(reply).write('data: first\n\n');
      void lookLater();
    });
    await server.listen({ port: 0, host: '127.0.0.1' });
  });
  afterEach(() => server.close());

  const addressOf = (path: string): string =>
    `http://127.0.0.1:${(server.server.address() as AddressInfo).port}${path}`;

  async function until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await turn();
  }

  it('is known as long as the answer is worked on, and not kept after that', async () => {
    const arrived = once(server.server, 'request');
    const answer = fetch(addressOf('/slow'));
    await arrived;
    finish();
    expect(await (await answer).text()).toBe('late');
    finish();
    await until(() => seen.length === 2);
    expect(seen).toEqual(['127.0.0.1', undefined]);
  });

  it('is not kept after that though another request is worked on', async () => {
    const other = clientContext.begin({ client: 'another', requestId: 'other' });
    const arrived = once(server.server, 'request');
    const answer = fetch(addressOf('/slow'));
    await arrived;
    finish();
    await (await answer).text();
    finish();
    await until(() => seen.length === 2);
    expect(seen).toEqual(['127.0.0.1', undefined]);
    other.end();
  });

  it('is known to the end of the work though the client has left', async () => {
    const arrived = once(server.server, 'request');
    const socket = connect((server.server.address() as AddressInfo).port, '127.0.0.1');
    socket.write('GET /slow HTTP/1.1\r\nhost: here\r\n\r\n');
    const [, response] = (await arrived) as [unknown, NodeJS.EventEmitter];
    const gone = once(response, 'close');
    socket.destroy();
    await gone;
    finish();
    await until(() => seen.length === 1);
    for (let turns = 0; turns < 5; turns += 1) await turn();
    finish();
    await until(() => seen.length === 2);
    expect(seen).toEqual(['127.0.0.1', undefined]);
  });

  it('is not kept for as long as a stream is open', async () => {
    const response = await fetch(addressOf('/stream'));
    expect(response.headers.get('x-request-id')).toBeTruthy();
    finish();
    await until(() => seen.length === 2);
    expect(seen).toEqual(['127.0.0.1', undefined]);
    await response.body!.cancel();
  });
});
