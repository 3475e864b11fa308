import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { whole } from '../../spec-support/redis-tier.subject.js';
import { startRedis, tcpProxy } from '../../../../test/support/services.js';
import type { TcpProxy, TestRedis } from '../../../../test/support/services.js';
import { addressOf, eventually, read, rejectsAsUnavailable } from '../../testing/contract.steps.js';
import { redisTier, type RedisTier } from './redis-tier.js';

const TIMEOUT_MS = 50;

describe('a connection that is dead without being closed', () => {
  let server: TestRedis;
  let proxy: TcpProxy;
  let tier: RedisTier;

  beforeAll(async () => {
    server = await startRedis();
    proxy = await tcpProxy({ target: server.url });
    tier = redisTier({ url: proxy.url, commandTimeoutMs: TIMEOUT_MS });
    await whole(tier);
  });
  afterAll(async () => {
    await tier.close();
    await proxy.close();
    await server.stop();
  });

  it('is broken when a command remains unanswered, and another is made', async () => {
    let broken = false;
    tier.store.subscribe({
      up: () => undefined,
      down: () => {
        broken = true;
      },
    });
    proxy.pause();
    await rejectsAsUnavailable(read(tier.store, addressOf('x')));
    await eventually('the break', () => broken);
    proxy.resume();
    await whole(tier);
    await eventually('the return', () =>
      read(tier.store, addressOf('x')).then(
        () => true,
        () => false,
      ),
    );
  });
});

describe('a server that takes connections and never says a word', () => {
  it('is left and tried again, on both connections of the tier', async () => {
    const sockets: Socket[] = [];
    const mute = createServer((socket) => void sockets.push(socket.on('error', () => undefined).resume()));
    await once(mute.listen(0, '127.0.0.1'), 'listening');
    const { port } = mute.address() as AddressInfo;
    const tier = redisTier({ url: `redis://127.0.0.1:${port}`, commandTimeoutMs: TIMEOUT_MS });
    try {
      await eventually('both given up', () => sockets.filter((socket) => socket.closed).length >= 2);
      await eventually('both tried again', () => sockets.length >= 4);
    } finally {
      await tier.close();
      mute.close();
      for (const socket of sockets) socket.destroy();
    }
  });
});
