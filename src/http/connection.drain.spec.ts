import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { fastify, type FastifyInstance } from 'fastify';
import { closeConnectionsWhenDraining } from './connection.drain.js';

describe('connections while the application drains', () => {
  let server: FastifyInstance;
  let isDraining: boolean;
  let finish: () => void;
  const sockets: Socket[] = [];

  beforeEach(async () => {
    isDraining = false;
    server = fastify({ forceCloseConnections: 'idle' });
    closeConnectionsWhenDraining(server, () => isDraining);
    server.get('/', () => 'here');
    server.get('/slow', () => new Promise((resolve) => (finish = () => resolve('late'))));
    await server.listen({ port: 0, host: '127.0.0.1' });
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await server.close();
  });

  async function open(): Promise<Socket> {
    const socket = connect((server.server.address() as AddressInfo).port, '127.0.0.1');
    socket.on('error', () => undefined).setEncoding('latin1');
    sockets.push(socket);
    await once(socket, 'connect');
    return socket;
  }
  const ask = (socket: Socket, path: string) => socket.write(`GET ${path} HTTP/1.1\r\nhost: here\r\n\r\n`);
  async function answer(socket: Socket): Promise<string> {
    const [text] = (await once(socket, 'data')) as [string];
    return text;
  }

  it('stay open before, whether or not anything is sent on them', async () => {
    const [silent, used] = [await open(), await open()];
    ask(used, '/');
    expect(await answer(used)).toMatch(/^HTTP\/1.1 200 .*connection: keep-alive/is);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    ask(silent, '/');
    expect(await answer(silent)).toContain('here');
  });

  it('are closed where nothing was ever sent, so that closing waits for nobody', async () => {
    const silent = await open();
    const half = await open();
    half.write('GET / HTTP/1.1\r\n');
    isDraining = true;
    const ended = [once(silent, 'close'), once(half, 'close')];
    await server.close();
    await Promise.all(ended);
  }, 15_000);

  it('are not cut for what was answered on them ahead of the framework', async () => {
    server.server.removeAllListeners('request');
    const early = await open();
    server.server.on('request', (request, response) => {
      if (!isDraining) response.end('ahead');
      else server.routing(request, response);
    });
    ask(early, '/');
    expect(await answer(early)).toContain('ahead');
    await new Promise((resolve) => setTimeout(resolve, 5_200));
    isDraining = true;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    ask(early, '/');
    expect(await answer(early)).toMatch(/connection: close.*here/is);
  }, 15_000);

  it('end with their answer, however long it takes', async () => {
    const [slow, next] = [await open(), await open()];
    ask(slow, '/slow');
    ask(next, '/');
    expect(await answer(next)).toContain('here');
    isDraining = true;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    ask(next, '/');
    expect(await answer(next)).toMatch(/connection: close/i);
    const closed = server.close();
    finish();
    expect(await answer(slow)).toMatch(/connection: close.*late/is);
    await closed;
  });
});
