import { randomBytes } from 'node:crypto';
import type { BusReceiver } from '../../libs/cache/src/bus/bus.receiver.js';
import type { BusNotice } from '../../libs/cache/src/bus/bus.notice.js';
import { redisTier } from '../../libs/cache/src/redis/redis-tier.js';
import type { RedisTier } from '../../libs/cache/src/redis/redis-tier.js';
import type { BusSubject } from '../../libs/cache/testing/store.subject.js';
import { redisCommand, redisCommands, tcpProxy } from './services.js';
import type { TcpProxy, TestRedis } from './services.js';

const HEARTBEAT_MS = 150;

/** Two processes on one Redis, each behind a proxy of its own. The server is the spec's: suites leave it as it was. */
export async function redisSubject(server: TestRedis): Promise<BusSubject> {
  const keyPrefix = `${randomBytes(4).toString('hex')}/`;
  const proxies = [await tcpProxy({ target: server.url }), await tcpProxy({ target: server.url })] as const;
  const [first, second] = proxies.map(({ url }) => redisTier({ url, keyPrefix, heartbeatMs: HEARTBEAT_MS })) as [
    RedisTier,
    RedisTier,
  ];
  await Promise.all([first, second].map(whole));
  const command = (...words: (string | number | Buffer)[]): Promise<unknown> =>
    redisCommand(server, ...(words as string[]));
  const poison = async (key: string, value: Buffer | 'wrong-type'): Promise<void> => {
    await command('DEL', key);
    if (value === 'wrong-type') await command('RPUSH', key, 'x');
    else await first.client.set(key, value);
  };

  return {
    first,
    second,
    advance: (durationMs) => new Promise((resolve) => setTimeout(resolve, durationMs)),
    poisonEntry: (key, value) => poison(keyPrefix + key, value),
    poisonVersion: (tag, value) => poison(`${keyPrefix}_v:${tag}`, value),
    evictVersion: async (tag) => void (await command('DEL', `${keyPrefix}_v:${tag}`)),
    versionLifeMs: async (_key, tag) => Number(await command('PTTL', `${keyPrefix}_v:${tag}`)),
    changeIdentity: async () => {
      await redisCommands(server, [
        ['REPLICAOF', '127.0.0.1', 1],
        ['REPLICAOF', 'NO', 'ONE'],
      ]);
    },
    setFull: async (full) => void (await command('CONFIG', 'SET', 'maxmemory', full ? 1 : 0)),
    async setDown(down) {
      await Promise.all(proxies.map((proxy) => (down ? proxy.refuse() : proxy.restore())));
      await Promise.all([first, second].map(down ? lost : whole));
    },
    silenceAfterMs: 4 * HEARTBEAT_MS,
    cut: async () => {
      await proxies[1].refuse();
      await lost(second);
    },
    mend: async () => {
      await proxies[1].restore();
      await whole(second);
    },
    loseNext: async () => loseNextInvalidation(second.bus as BusReceiver),
    mute: (muted) => setMuted(proxies[1], second, muted),
    async close() {
      await Promise.all([first.close(), second.close()]);
      await Promise.all(proxies.map((proxy) => proxy.close()));
    },
  };
}

/** Resolves when the tier can be used and hears the bus. */
export async function whole({ store, bus }: Pick<RedisTier, 'store' | 'bus'>): Promise<void> {
  let stop = (): void => undefined;
  await new Promise<void>((resolve) => {
    stop = store.subscribe({ up: resolve, down: () => undefined });
  });
  stop();
  while (bus.silenceMs() > HEARTBEAT_MS) await new Promise((resolve) => setTimeout(resolve, 2));
}

async function lost({ store }: RedisTier): Promise<void> {
  let stop = (): void => undefined;
  await new Promise<void>((resolve) => {
    stop = store.subscribe({ up: () => undefined, down: () => resolve() });
  });
  stop();
}

function loseNextInvalidation(bus: BusReceiver): void {
  const receive = bus.receive.bind(bus);
  let losing = true;
  bus.receive = (notice: BusNotice) => {
    if (losing && notice.kind === 'invalidation') losing = false;
    else receive(notice);
  };
}

async function setMuted(proxy: TcpProxy, tier: RedisTier, muted: boolean): Promise<void> {
  if (muted) {
    proxy.pause();
    return;
  }
  proxy.resume();
  await whole(tier);
}
