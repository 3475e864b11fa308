import { Client, get, ReadyServer } from '../../testing/ready.server.world.js';

describe('a connection that is read before Node’s parser, and an answer that needs the second tier', () => {
  let world: ReadyServer;
  let { fleet, process, server, client, seen }: ReadyServer = {} as ReadyServer;

  beforeEach(async () => {
    world = new ReadyServer();
    await world.start();
    // L1 is not believed any more.
    await world.fleet.clock.advance(6_000);
    ({ fleet, process, server, client, seen } = world);
  });

  afterEach(() => world.stop());

  /** Until so many reads of the store have begun. */
  async function reads(count: number): Promise<void> {
    while ((process.store.calls.get('readMany') ?? 0) < count) await client.pause();
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
    const before = process.store.calls.get('readMany') ?? 0;
    client.say(get('/hot'));
    expect((await client.contents(3)).at(-1)).toBe('"made"');
    expect(seen).toEqual([]);
    // Once here, and once by the framework's own call.
    expect(process.store.calls.get('readMany')! - before).toBe(2);
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
    const before = process.store.calls.get('readMany') ?? 0;
    process.store.fail('hang', { operation: 'readMany', times: 1 });
    client.say(get('/hot'));
    await reads(before + 1);
    client.say(get('/other'));
    await client.pause();
    client.say(get('/hot') + get('/more'));
    await client.pause();
    expect(await client.answers(2)).toHaveLength(2);
    process.store.thaw();
    expect((await client.contents(6)).slice(2)).toEqual(['"made"', 'GET /other ', '"made"', 'GET /more ']);
  });

  it('lets nothing overtake it that it has to hand on', async () => {
    const before = process.store.calls.get('readMany') ?? 0;
    process.store.fail('hang', { operation: 'readMany', times: 1 });
    client.say(get('/hot'));
    await reads(before + 1);
    fleet.server.flush();
    client.say(get('/other'));
    await client.pause();
    process.store.thaw();
    expect((await client.contents(4)).slice(2)).toEqual(['"made"', 'GET /other ']);
  });

  it('is waited for by a server that closes, and nobody begins to wait then', async () => {
    const other = await Client.to(server);
    other.say(get('/other'));
    await other.answers(1);
    await client.pause();
    seen.length = 0;
    const before = process.store.calls.get('readMany') ?? 0;
    process.store.fail('hang', { operation: 'readMany', times: 1 });
    client.say(get('/hot'));
    await reads(before + 1);
    const closed = new Promise((resolve) => server.close(resolve));
    other.say(get('/hot'));
    expect((await other.contents(2)).slice(1)).toEqual(['"made"']);
    expect(seen).toEqual(['GET /hot']);
    process.store.thaw();
    expect((await client.contents(3)).slice(2)).toEqual(['"made"']);
    await closed;
    await Promise.all([client.ended, other.ended]);
    await world.listen();
  });

  it('touches nobody else’s connection when its own is over by then', async () => {
    const before = process.store.calls.get('readMany') ?? 0;
    process.store.fail('hang', { operation: 'readMany', times: 1 });
    client.say(get('/hot'));
    await reads(before + 1);
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
