import { createServer, connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { redisCommand, sharedRedisUrl, tcpProxy, type TcpProxy } from './services.js';

describe('the TCP proxy', () => {
  let proxy: TcpProxy;
  beforeEach(async () => {
    proxy = await tcpProxy({ target: sharedRedisUrl() });
  });
  afterEach(() => proxy.close());

  const ping = (timeoutMs = 5_000): Promise<unknown> => redisCommand({ port: proxy.port, timeoutMs }, 'PING');

  it('gives the URL of its target by way of itself', async () => {
    expect(proxy.url).toBe(`redis://127.0.0.1:${proxy.port}`);
    expect(await ping()).toBe('PONG');
  });

  it('loses what arrives while it is a black hole, and takes connections all the same', async () => {
    proxy.blackhole(true);
    await expect(ping(100)).rejects.toThrow('no reply');
    proxy.blackhole(false);
    expect(await ping()).toBe('PONG');
  });

  it('holds what arrives while paused, and passes it on in order afterwards', async () => {
    proxy.pause();
    const answer = ping();
    await expect(ping(100)).rejects.toThrow('no reply');
    proxy.resume();
    expect(await answer).toBe('PONG');
  });

  it('refuses connections as if nothing listened, and comes back on the same port', async () => {
    await proxy.refuse();
    await expect(ping()).rejects.toThrow('ECONNREFUSED');
    await proxy.restore();
    expect(await ping()).toBe('PONG');
  });

  it('breaks standing connections and takes new ones after a cut', async () => {
    const socket = connect(proxy.port, '127.0.0.1');
    socket.write('PING\r\n');
    await once(socket, 'data');
    expect(proxy.connections).toBe(1);
    proxy.cut();
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNRESET');
    expect(await ping()).toBe('PONG');
  });

  it('passes nothing on before its delay', async () => {
    proxy.delay(150);
    await expect(ping(250)).rejects.toThrow('no reply');
    expect(await ping()).toBe('PONG');
  });
});

describe('the TCP proxy between two sockets', () => {
  it('carries bytes in order under delay, then the end of the stream', async () => {
    const received: Buffer[] = [];
    const server = createServer((socket: Socket) => void socket.on('data', (chunk) => received.push(chunk)));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const proxy = await tcpProxy({ target: { port: (server.address() as { port: number }).port } });
    proxy.delay(20);
    const socket = connect(proxy.port, '127.0.0.1');
    const ended = once(server, 'connection').then(([peer]) => once(peer as Socket, 'end'));
    for (let index = 0; index < 100; index += 1) socket.write(`${index};`);
    socket.end();
    await ended;
    expect(Buffer.concat(received).toString()).toBe(Array.from({ length: 100 }, (_, index) => `${index};`).join(''));
    await proxy.close();
    server.close();
  });
});
