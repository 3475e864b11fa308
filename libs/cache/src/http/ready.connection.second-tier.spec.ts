import { Client, get, HUGE_BYTES, ReadyServer } from '../../testing/ready.server.world.js';

describe('a connection that is read before Node’s parser, and an answer that needs the second tier', () => {
  let world: ReadyServer;
  let { fleet, process, server, client, seen }: ReadyServer = {} as ReadyServer;

  beforeEach(async () => {
    world = new ReadyServer();
    await world.start();
    ({ fleet, process, server, client, seen } = world);
    // L1 is not believed any more.
    await fleet.clock.advance(6_000);
  });

  afterEach(() => world.stop());

  const reads = (): number => process.store.calls.get('readMany') ?? 0;

  /** A request that waits for the second tier. */
  async function waiting(path = '/hot'): Promise<void> {
    const before = reads();
    process.store.fail('hang', { operation: 'readMany', times: 1 });
    client.say(get(path));
    while (reads() === before) await client.pause();
  }

  it('is answered without a request of Node’s as well', async () => {
    client.say(get('/hot'));
    const [, byNode, ready] = await client.answers(3);
    const plain = (answer: string): string => answer.replace(/(Date|age): .*/g, '');
    expect(plain(ready!)).toBe(plain(byNode!).replace('x-cache: L1', 'x-cache: L2'));
    expect(seen).toEqual([]);
  });

  it('is the framework’s where the second tier has nothing, and is not asked for twice', async () => {
    fleet.server.flush();
    const before = reads();
    client.say(get('/hot'));
    expect((await client.contents(3)).at(-1)).toBe('"made"');
    expect(seen).toEqual([]);
    // Once here, and once by the framework's own call.
    expect(reads() - before).toBe(2);
    await client.pause();
    client.say(get('/hot'));
    expect(await client.answers(4)).toHaveLength(4);
    expect(seen).toEqual([]);
  });

  it('is the framework’s where the second tier fails', async () => {
    process.store.fail('reject', { operation: 'readMany' });
    client.say(get('/hot'));
    expect((await client.contents(3)).at(-1)).toBe('"made"');
  });

  it('lets nothing overtake it, and loses nothing of what comes meanwhile', async () => {
    await waiting();
    client.say(get('/other'));
    await client.pause();
    client.say(get('/hot') + get('/more'));
    await client.pause();
    expect(await client.answers(2)).toHaveLength(2);
    process.store.thaw();
    expect((await client.contents(6)).slice(2)).toEqual(['"made"', 'GET /other ', '"made"', 'GET /more ']);
  });

  it('lets nothing overtake it that it has to hand on', async () => {
    await waiting();
    fleet.server.flush();
    client.say(get('/other'));
    await client.pause();
    process.store.thaw();
    expect((await client.contents(4)).slice(2)).toEqual(['"made"', 'GET /other ']);
  });

  it('is waited for by a server that closes, which closes all others at once', async () => {
    const idle = await Client.to(server);
    idle.say(get('/other'));
    await idle.answers(1);
    await waiting();
    const closed = new Promise((resolve) => server.close(resolve));
    await idle.ended;
    await client.pause();
    process.store.thaw();
    expect((await client.contents(3)).slice(2)).toEqual(['"made"']);
    await Promise.all([closed, client.ended]);
    await world.listen();
  });

  it('is sent whole by a server that closes, however slowly it is read', async () => {
    client.say(get('/huge'));
    await client.answers(3);
    await client.pause();
    await fleet.clock.advance(6_000);
    await waiting('/huge');
    const closed = new Promise((resolve) => server.close(resolve));
    client.socket.pause();
    process.store.thaw();
    await client.pause();
    client.socket.resume();
    await Promise.all([closed, client.ended]);
    expect(await client.lengthOf(4, HUGE_BYTES)).toBe(HUGE_BYTES);
    await world.listen();
  });

  it('is handed on by a server that closes where the second tier has nothing', async () => {
    await waiting();
    fleet.server.flush();
    void server.close();
    process.store.thaw();
    expect((await client.contents(3)).slice(2)).toEqual(['"made"']);
    client.socket.destroy();
    await world.listen();
  });

  it('is gone with all connections, where a server closes all', async () => {
    await waiting();
    server.closeAllConnections();
    await client.ended;
    process.store.thaw();
    await client.pause();
    const next = await Client.to(server);
    next.say(get('/other'));
    expect(await next.contents(1)).toEqual(['GET /other ']);
    next.socket.destroy();
  });

  it('is no idle time of the connection, which begins once it was sent', async () => {
    server.keepAliveTimeout = 300;
    client.say(get('/other'));
    await client.answers(3);
    await waiting();
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    process.store.thaw();
    expect((await client.contents(4)).at(-1)).toBe('"made"');
    await client.ended;
  });

  it('is none for a client that ended its side', async () => {
    await waiting();
    client.socket.end();
    await client.pause();
    process.store.thaw();
    await client.ended;
    expect(await client.answers(2)).toHaveLength(2);
  });

  it('is not older than an invalidation that came before the request, which waited behind another one', async () => {
    const other = await fleet.start();
    await waiting();
    await other.manager.getOrSet(world.source.ref, () => Promise.resolve({ amount: 'new' }), { mode: 'fresh' });
    await other.invalidator.invalidateByTag('wallet:a');
    await other.manager.getOrSet(world.source.ref, () => Promise.resolve({ amount: 'newer' }));
    client.say(get('/hot'));
    await client.pause();
    process.store.thaw();
    expect((await client.contents(4)).at(-1)).toBe('"newer"');
  });

  it('asks again for what Node is given later on the same connection', async () => {
    fleet.server.flush();
    client.say(get('/hot'));
    await client.answers(3);
    await client.pause();
    client.say(get('/hot') + get('/other'));
    await client.answers(5);
    expect(seen).toEqual(['GET /hot', 'GET /other']);
  });

  it('is Node’s where somebody else listens to what comes, who is given everything once', async () => {
    let heard = '';
    const next = new Promise<void>((resolve) => {
      server.once('connection', (socket) => {
        socket.on('data', (chunk: Buffer) => (heard += chunk.toString('latin1')));
        resolve();
      });
    });
    const followed = await Client.to(server);
    await next;
    followed.say(get('/other'));
    await followed.answers(1);
    await followed.pause();
    followed.say(get('/hot'));
    await followed.answers(2);
    expect(seen).toEqual(['GET /other', 'GET /hot']);
    expect(heard).toBe(get('/other') + get('/hot'));
    followed.socket.destroy();
  });

  it('touches nobody else’s connection when its own is over by then', async () => {
    await waiting();
    client.socket.destroy();
    await client.ended;
    // Has the parser that the other one had.
    const next = await Client.to(server);
    await next.pause();
    fleet.server.flush();
    process.store.thaw();
    await next.pause();
    next.say(get('/other'));
    expect(await next.contents(1)).toEqual(['GET /other ']);
    next.socket.destroy();
  });
});
