import { setTimeout as sleep } from 'node:timers/promises';
import { redisCommand, startRedis, tcpProxy, type TcpProxy, type TestRedis } from '../support/services.js';
import type { Fleet } from './fleet.js';
import type { Fault, Topology } from './topology.js';
import { keyFaults } from './key.faults.js';

/** Longer than the breaker, S and the heartbeat take together. */
const OUTAGE_MS = 1_500;
/** Long enough for acknowledged invalidations that a cut-off replica never hears of. */
const LAG_MS = 600;
const SLOW_BUS_MS = 3_000;
const SLOW_REPLY_MS = 30;

export interface SingleTopologyOptions {
  readonly slots: number;
  readonly fleet: () => Fleet;
  /** Wallets that only errands touch, for what chance brings too rarely. */
  readonly quiet: readonly number[];
  readonly stalenessMs: number;
}

/** One Redis with a replica that can take over, each process behind a proxy of its own. */
export async function singleTopology({ slots, fleet, quiet, stalenessMs }: SingleTopologyOptions): Promise<Topology> {
  let master = await startRedis();
  let replica = await startRedis();
  const proxies = await Promise.all(Array.from({ length: slots }, () => tcpProxy({ target: { port: master.port } })));
  const replication = await tcpProxy({ target: { port: master.port } });
  await follow(replica, replication);

  const lead = (server: TestRedis): void => {
    for (const proxy of proxies) {
      proxy.retarget({ port: server.port });
      proxy.cut();
    }
  };
  const promoteOther = async (): Promise<void> => {
    await redisCommand(replica, 'REPLICAOF', 'NO', 'ONE');
    [master, replica] = [replica, master];
    lead(master);
    replication.blackhole(false);
    replication.retarget({ port: master.port });
    replication.cut();
    // The deposed one comes back as a replica: its dataset becomes the other's, its process stays the same.
    await follow(replica, replication);
    await sleep(LAG_MS);
  };
  // There and back: the process that was the master is the master again, and has what the other one missed.
  const promoteLaggingReplica = async (): Promise<void> => {
    await fleet().send(1, { what: 'read', wallets: quiet, mode: 'L2' });
    await sleep(LAG_MS);
    replication.blackhole(true);
    await fleet().send(3, { what: 'write', wallets: quiet, spreadMs: LAG_MS });
    await promoteOther();
    await promoteOther();
    await fleet().send(4, { what: 'read', wallets: quiet, mode: 'L2' });
  };
  // An answer on its way to a slow process is overtaken by an invalidation that this process hears of much later.
  const overtakeAnswers = async (): Promise<void> => {
    const [proxy] = proxies;
    proxy!.delay(SLOW_BUS_MS, { after: 'subscribe' });
    // Once the first late message has arrived they come steadily, so that nothing looks like an outage.
    await sleep(1.3 * SLOW_BUS_MS);
    await fleet().send(1, { what: 'read', wallets: quiet, mode: 'L2' });
    proxy!.delay(SLOW_REPLY_MS);
    const turns = { wallets: quiet, spreadMs: stalenessMs };
    const reading = fleet().send(0, { what: 'keep-reading', ...turns, durationMs: 1.3 * stalenessMs });
    await sleep(SLOW_REPLY_MS / 2);
    await fleet().send(3, { what: 'write', ...turns });
    await reading;
    proxy!.delay(0);
    proxy!.delay(0, { after: 'subscribe' });
    proxy!.cut();
  };

  const faults: Fault[] = [
    ...keyFaults(() => [master]),
    {
      name: 'redis-frozen',
      strike: () =>
        during(
          OUTAGE_MS,
          () => master.signal('SIGSTOP'),
          () => master.signal('SIGCONT'),
        ),
    },
    { name: 'redis-killed-and-empty', strike: () => restart(master, replica, replication, false) },
    { name: 'redis-restarted-from-rdb', strike: () => restart(master, replica, replication, true) },
    { name: 'lagging-replica-promoted', strike: promoteLaggingReplica },
    { name: 'sockets-cut', strike: async () => proxies.forEach((proxy) => proxy.cut()) },
    { name: 'one-process-cut-off', strike: () => blackholeOne(proxies[0]!) },
    { name: 'slow-bus', strike: overtakeAnswers },
    {
      name: 'slow-network',
      strike: () =>
        during(
          OUTAGE_MS,
          () => proxies[1]!.delay(30),
          () => proxies[1]!.delay(0),
        ),
    },
  ];
  return {
    optionsOf: (slot) => ({ url: `redis://127.0.0.1:${proxies[slot]!.port}` }),
    faults,
    stop: async () => {
      await Promise.all([...proxies, replication].map((proxy) => proxy.close()));
      await Promise.all([master, replica].map((server) => server.stop()));
    },
  };
}

async function follow(replica: TestRedis, replication: TcpProxy): Promise<void> {
  await redisCommand(replica, 'REPLICAOF', '127.0.0.1', replication.port);
}

async function restart(master: TestRedis, replica: TestRedis, replication: TcpProxy, keepRdb: boolean): Promise<void> {
  if (keepRdb) {
    await master.save();
    // What is acknowledged from here on is not in the file.
    await sleep(LAG_MS);
  }
  master.signal('SIGKILL');
  await sleep(LAG_MS);
  await master.restart({ keepRdb });
  await follow(replica, replication);
}

async function blackholeOne(proxy: TcpProxy): Promise<void> {
  await during(
    OUTAGE_MS,
    () => proxy.blackhole(true),
    () => proxy.blackhole(false),
  );
  proxy.cut();
}

async function during(durationMs: number, begin: () => void, end: () => void): Promise<void> {
  begin();
  await sleep(durationMs);
  end();
}
