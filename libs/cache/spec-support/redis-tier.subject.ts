import { randomBytes } from 'node:crypto';
import { Cluster, Redis } from 'ioredis';
import type { BusNotice } from '../src/bus/bus.notice.js';
import type { BusReceiver } from '../src/bus/bus.receiver.js';
import { clusterLayout, singleLayout } from '../src/redis/key.layout.js';
import type { KeyLayout } from '../src/redis/key.layout.js';
import { redisTier } from '../src/redis/redis-tier.js';
import type { RedisTier } from '../src/redis/redis-tier.js';
import type { HostAndPort, RedisTierOptions } from '../src/redis/connection.options.js';
import type { BusSubject } from '../testing/store.subject.js';
import { redisCommands, tcpProxy } from '../../../test/support/services.js';
import type { TcpProxy, TestRedis, TestRedisCluster, TestSentinel } from '../../../test/support/services.js';

const HEARTBEAT_MS = 150;

/** Generous: the suites run on busy machines, and none of them is about time. */
const COMMAND_TIMEOUT_MS = 1_000;

/** What differs between one Redis, Sentinel and a Cluster. */
interface Setting {
  readonly nodes: readonly TestRedis[];
  readonly layout: KeyLayout;
  /** A connection of the test's own, past every proxy. */
  readonly admin: Redis | Cluster;
  /** How a process connects by way of its own proxies, one to each node. */
  readonly connect: (proxies: readonly TcpProxy[]) => RedisTierOptions;
  /** What makes a node one that may have lost writes. */
  readonly identityChange: readonly (readonly (string | number)[])[];
}

const DEMOTE_AND_PROMOTE = [
  ['REPLICAOF', '127.0.0.1', 1],
  ['REPLICAOF', 'NO', 'ONE'],
];

export function redisSubject(server: TestRedis): Promise<BusSubject> {
  const prefix = newPrefix();
  return subjectOf({
    nodes: [server],
    layout: singleLayout(prefix),
    admin: new Redis(server.url),
    connect: ([proxy]) => ({ url: proxy!.url, keyPrefix: prefix }),
    identityChange: DEMOTE_AND_PROMOTE,
  });
}

export function sentinelSubject({ master, replicas, sentinels, name }: TestSentinel): Promise<BusSubject> {
  const prefix = newPrefix();
  const nodes = [master, ...replicas];
  return subjectOf({
    nodes,
    layout: singleLayout(prefix),
    admin: new Redis(master.url),
    connect: (proxies) => ({
      sentinels: sentinels.map(({ host, port }) => ({ host, port })),
      name,
      natMap: natMapOf(nodes, proxies),
      keyPrefix: prefix,
    }),
    identityChange: DEMOTE_AND_PROMOTE,
  });
}

/** The cluster must have been started with `--enable-debug-command yes`. */
export function clusterSubject({ nodes }: TestRedisCluster): Promise<BusSubject> {
  const prefix = newPrefix();
  const addresses = nodes.map(({ host, port }) => ({ host, port }));
  return subjectOf({
    nodes,
    layout: clusterLayout(prefix),
    admin: new Cluster(addresses),
    connect: (proxies) => ({ cluster: addresses, natMap: natMapOf(nodes, proxies), keyPrefix: prefix }),
    identityChange: [['DEBUG', 'CHANGE-REPL-ID']],
  });
}

/** Two processes, each behind proxies of its own. The servers are the spec's: a subject leaves them as they were. */
async function subjectOf({ nodes, layout, admin, connect, identityChange }: Setting): Promise<BusSubject> {
  const proxiesOf = (): Promise<TcpProxy[]> => Promise.all(nodes.map((node) => tcpProxy({ target: node.url })));
  const proxies = [await proxiesOf(), await proxiesOf()] as const;
  const [first, second] = proxies.map((own) =>
    redisTier({ ...connect(own), heartbeatMs: HEARTBEAT_MS, commandTimeoutMs: COMMAND_TIMEOUT_MS }),
  ) as [RedisTier, RedisTier];
  await Promise.all([first, second].map(whole));

  const masters = nodes.filter((node) => !node.args.includes('--replicaof'));
  const onMasters = (commands: readonly (readonly (string | number)[])[]): Promise<unknown> =>
    Promise.all(masters.map((node) => redisCommands(node, commands)));
  const copiesOf = (tag: string): string[] =>
    Array.from({ length: layout.partitions }, (_, partition) => layout.version(partition, tag));
  const poison = async (key: string, value: Buffer | 'wrong-type'): Promise<void> => {
    await admin.del(key);
    await (value === 'wrong-type' ? admin.rpush(key, 'x') : admin.set(key, value));
  };

  return {
    first,
    second,
    advance: (durationMs) => new Promise((resolve) => setTimeout(resolve, durationMs)),
    poisonEntry: (key, value) => poison(layout.entry(layout.partitionOf(key), key), value),
    poisonVersion: async (tag, value) => void (await Promise.all(copiesOf(tag).map((copy) => poison(copy, value)))),
    evictVersion: async (tag) => void (await Promise.all(copiesOf(tag).map((copy) => admin.del(copy)))),
    versionLifeMs: (key, tag) => admin.pttl(layout.version(layout.partitionOf(key), tag)),
    changeIdentity: async () => void (await onMasters(identityChange)),
    setFull: async (full) => void (await onMasters([['CONFIG', 'SET', 'maxmemory', full ? 1 : 0]])),
    async setDown(down) {
      await Promise.all(proxies.flat().map((proxy) => (down ? proxy.refuse() : proxy.restore())));
      await Promise.all([first, second].map(down ? lost : whole));
    },
    silenceAfterMs: 4 * HEARTBEAT_MS,
    cut: async () => {
      await Promise.all(proxies[1].map((proxy) => proxy.refuse()));
      await lost(second);
    },
    mend: async () => {
      await Promise.all(proxies[1].map((proxy) => proxy.restore()));
      await whole(second);
    },
    loseNext: async () => loseNextInvalidation(second.bus as BusReceiver),
    mute: async (muted) => {
      for (const proxy of proxies[1]) if (muted) proxy.pause();
      for (const proxy of proxies[1]) if (!muted) proxy.resume();
      if (!muted) await whole(second);
    },
    async close() {
      await Promise.all([first.close(), second.close()]);
      admin.disconnect();
      await Promise.all(proxies.flat().map((proxy) => proxy.close()));
    },
  };
}

/** Resolves when the tier can be used and hears the bus. */
export async function whole({ store, bus }: Pick<RedisTier, 'store' | 'bus'>): Promise<void> {
  await told(store, 'up');
  while (bus.silenceMs() > HEARTBEAT_MS) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** Resolves when the tier cannot be used. */
export async function lost({ store }: Pick<RedisTier, 'store'>): Promise<void> {
  await told(store, 'down');
}

async function told(store: RedisTier['store'], state: 'up' | 'down'): Promise<void> {
  let stop = (): void => undefined;
  await new Promise<void>((resolve) => {
    stop = store.subscribe({ up: () => state === 'up' && resolve(), down: () => state === 'down' && resolve() });
  });
  stop();
}

function newPrefix(): string {
  return `${randomBytes(4).toString('hex')}/`;
}

function natMapOf(nodes: readonly TestRedis[], proxies: readonly TcpProxy[]): Record<string, HostAndPort> {
  return Object.fromEntries(
    nodes.map(({ host, port }, index) => [
      `${host}:${port}`,
      { host: proxies[index]!.host, port: proxies[index]!.port },
    ]),
  );
}

function loseNextInvalidation(bus: BusReceiver): void {
  const receive = bus.receive.bind(bus);
  let losing = true;
  bus.receive = (notice: BusNotice) => {
    if (losing && notice.kind === 'invalidation') losing = false;
    else receive(notice);
  };
}
