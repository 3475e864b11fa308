import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { Client, get, HUGE_BYTES, ReadyServer } from '../../testing/ready.server.world.js';
import { amount } from '../../testing/simulated.fleet.js';

describe('a connection that is read before Node’s parser', () => {
  let world: ReadyServer;
  let { process, server, client, seen, source }: ReadyServer = {} as ReadyServer;

  beforeEach(async () => {
    world = new ReadyServer();
    await world.start();
    ({ process, server, client, seen, source } = world);
  });

  afterEach(() => world.stop());

  it('is answered without a request of Node’s, as Node answers', async () => {
    client.say(get('/hot'));
    const [, byNode, ready] = await client.answers(3);
    expect(ready!.replace(/Date: .*/, '')).toBe(byNode!.replace(/Date: .*/, ''));
    expect(ready).toContain('"made"');
    expect(seen).toEqual([]);
  });

  it('is a 304 for who has these bytes', async () => {
    const [, byNode] = await client.answers(2);
    const etag = /etag: (\S+)/.exec(byNode!)![1]!;
    client.say(get('/hot', `If-None-Match: ${etag}\r\n`));
    const [, , ready] = await client.answers(3);
    expect(ready).toMatch(/^HTTP\/1\.1 304 Not Modified\r\n/);
    expect(ready!.endsWith('\r\n\r\n')).toBe(true);
    expect(seen).toEqual([]);
  });

  it('is never answered with what was invalidated', async () => {
    await process.manager.getOrSet(source.ref, amount('new'), { mode: 'fresh' });
    client.say(get('/hot'));
    expect((await client.contents(3)).at(-1)).toBe('"new"');
    await process.invalidator.invalidateByTag('wallet:a');
    client.say(get('/hot'));
    expect((await client.contents(4)).at(-1)).toBe('"made"');
  });

  it('gives Node what it does not know, and goes on after it', async () => {
    client.say(get('/other'));
    await client.answers(3);
    await client.pause();
    client.say(get('/hot'));
    expect(await client.contents(4)).toEqual(['"made"', '"made"', 'GET /other ', '"made"']);
    expect(seen).toEqual(['GET /other']);
  });

  it('answers in the order of the requests, also while Node works on one', async () => {
    client.say(get('/slow'));
    await client.pause();
    client.say(get('/hot'));
    await client.pause();
    client.say(get('/hot'));
    await client.pause();
    world.release();
    expect((await client.contents(5)).slice(2)).toEqual(['GET /slow ', '"made"', '"made"']);
    expect(seen).toEqual(['GET /slow', 'GET /hot', 'GET /hot']);
  });

  it('knows where content in pieces ends', async () => {
    const inner = get('/hot');
    client.say(`POST /other HTTP/1.1\r\nHost: here\r\nContent-Length: ${inner.length + 2}\r\n\r\n`);
    await client.pause();
    client.say(inner);
    await client.pause();
    client.say('ab');
    await client.answers(3);
    await client.pause();
    client.say(get('/hot'));
    const all = await client.answers(4);
    expect(all[2]).toContain(`POST /other ${inner}ab`);
    expect(all[3]).toContain('"made"');
    expect(seen).toEqual(['POST /other']);
  });

  it.each([
    [
      'chunked content',
      (inner: string) => [
        'POST /other HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n',
        `${inner.length.toString(16)}\r\n`,
        inner,
        '\r\n0\r\n\r\n',
      ],
    ],
    ['a head in pieces', (inner: string) => ['GET /other HTTP/1.1\r\nHost: here\r\nX-Own: ', inner]],
  ])('takes nothing for a request that stands in %s', async (_where, piecesOf) => {
    for (const piece of piecesOf(get('/hot'))) {
      client.say(piece);
      await client.pause();
    }
    const [third] = (await client.contents(3)).slice(2);
    expect(third).toMatch(/^(POST|GET) \/other /);
    await client.pause();
    expect(await client.answers(3)).toHaveLength(3);
    client.say(get('/hot'));
    expect(await client.contents(4)).toHaveLength(4);
    expect(seen.at(-1)).toBe('GET /hot');
  });

  it('takes nothing for a request that stands in a head which began right behind another request', async () => {
    client.say(`${get('/other')}GET /more HTTP/1.1\r\nHost: here\r\nX-Own: `);
    await client.answers(3);
    await client.pause();
    client.say(get('/hot'));
    expect((await client.contents(4)).slice(2)).toEqual(['GET /other ', 'GET /more ']);
    expect(seen).toEqual(['GET /other', 'GET /more']);
  });

  it('leaves requests that come together to Node', async () => {
    client.say(get('/hot') + get('/other') + get('/hot'));
    expect((await client.contents(5)).slice(2)).toEqual(['"made"', 'GET /other ', '"made"']);
    expect(seen).toEqual(['GET /hot', 'GET /other', 'GET /hot']);
  });

  it('leaves an upgraded connection to who upgraded it', async () => {
    const upgraded = new Promise<string>((resolve) => {
      server.on('upgrade', (_request, socket, head) => {
        socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: own\r\n\r\n');
        socket.on('end', () => socket.end());
        let came = head.toString();
        socket.on('data', (chunk: Buffer) => {
          came += chunk.toString();
          if (came.endsWith('!')) resolve(came);
        });
      });
    });
    client.say(get('/hot', 'Connection: Upgrade\r\nUpgrade: own\r\n'));
    await client.answers(3);
    client.say(get('/hot'), '!');
    expect(await upgraded).toBe(`${get('/hot')}!`);
    expect(seen).toEqual([]);
  });

  it('ends where the client wants it ended', async () => {
    client.say(get('/hot', 'Connection: close\r\n'));
    await client.ended;
    expect((await client.answers(3))[2]).toMatch(/connection: close/i);
  });

  it('is Node’s while somebody else wants to see each request, or the answers are closed', async () => {
    world.isOpen = false;
    client.say(get('/hot'));
    await client.answers(3);
    world.isOpen = true;
    await client.pause();
    server.prependListener('request', (_request, response) => response.setHeader('x-seen', 'yes'));
    client.say(get('/hot'));
    const all = await client.answers(4);
    expect(all[3]).toContain('x-seen: yes');
  });

  it.each(['request.start', 'response.created', 'response.finish'])(
    'is Node’s while somebody follows it by diagnostics_channel: %s',
    async (event) => {
      const follower = (): void => {};
      subscribe(`http.server.${event}`, follower);
      client.say(get('/hot'));
      await client.answers(3);
      unsubscribe(`http.server.${event}`, follower);
      expect(seen).toEqual(['GET /hot']);
    },
  );

  it('is sent whole by a server that closes, however slowly it is read', async () => {
    for (let time = 3; time <= 4; time += 1) {
      client.say(get('/huge'));
      await client.lengthOf(time, time === 3 ? 6 : HUGE_BYTES);
      await client.pause();
    }
    seen.length = 0;
    client.socket.pause();
    client.say(get('/huge'));
    await client.pause();
    const closed = new Promise((resolve) => server.close(resolve));
    await client.pause();
    client.socket.resume();
    await Promise.all([closed, client.ended]);
    expect(await client.lengthOf(5, HUGE_BYTES)).toBe(HUGE_BYTES);
    expect(seen).toEqual([]);
    await world.listen();
  });

  it('is not cut while it is read slowly, for the time in which it may be idle', async () => {
    server.keepAliveTimeout = 300;
    for (let time = 3; time <= 4; time += 1) {
      client.say(get('/huge'));
      await client.lengthOf(time, time === 3 ? 6 : HUGE_BYTES);
    }
    await client.pause();
    client.socket.pause();
    client.say(get('/huge'));
    await new Promise((resolve) => setTimeout(resolve, 3_500));
    client.socket.resume();
    expect(await client.lengthOf(5, HUGE_BYTES)).toBe(HUGE_BYTES);
    await client.ended;
  });

  it('is not cut as one that never asked, however long it is answered here', async () => {
    server.headersTimeout = server.requestTimeout = 100;
    const other = await Client.to(server);
    for (let time = 0; time < 20; time += 1) {
      for (const each of [client, other]) each.say(get('/hot'));
      await client.pause();
    }
    expect(await client.answers(22)).toHaveLength(22);
    expect(await other.answers(20)).toHaveLength(20);
    // The first one of the other.
    expect(seen).toEqual(['GET /hot']);
    other.socket.destroy();
  });

  it('ends when it is idle for as long as Node allows', async () => {
    const own = createServer({ keepAliveTimeout: 50 }, server.listeners('request')[0] as () => void);
    world.put(own);
    await new Promise<void>((resolve) => own.listen(0, '127.0.0.1', resolve));
    const idle = await Client.to(own);
    for (let time = 1; time <= 2; time += 1) {
      idle.say(get('/hot'));
      await idle.answers(time);
    }
    await idle.ended;
    await new Promise((resolve) => own.close(resolve));
  });

  it('does not hold a server that closes', async () => {
    client.say(get('/hot'));
    await client.answers(3);
    const closed = new Promise((resolve) => server.close(resolve));
    await closed;
    await client.ended;
    await world.listen();
  });

  it('holds little for a client that does not read, and loses nothing', async () => {
    let connection: Socket;
    server.once('connection', (socket: Socket) => (connection = socket));
    const deaf = await Client.to(server);
    deaf.say(get('/large'));
    await deaf.answers(1);
    await deaf.pause();
    deaf.socket.pause();
    const COUNT = 1_000;
    let most = 0;
    for (let said = 0; said < COUNT; said += 1) {
      deaf.say(get('/large'));
      await new Promise(setImmediate);
      most = Math.max(most, connection!.writableLength);
    }
    deaf.socket.resume();
    expect(await deaf.answers(1 + COUNT)).toHaveLength(1 + COUNT);
    expect(most).toBeLessThan(256 * 1024);
  }, 60_000);
});
