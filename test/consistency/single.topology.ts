import { setTimeout as sleep } from 'node:timers/promises';
import { redisCommand, startRedis, tcpProxy, type TcpProxy, type TestRedis } from '../support/services.js';
import type { Fault, Topology } from './topology.js';
import { keyFaults } from './key.faults.js';

/** Longer than the breaker, S and the heartbeat take together. */
const OUTAGE_MS = 1_500;
/** Long enough for acknowledged invalidations that a cut-off replica never hears of. */
const LAG_MS = 600;
const SLOW_BUS_MS = 3_000;
const SLOW_REPLY_MS = 35;

/** One Redis with a replica that can take over, each process behind a proxy of its own. */
export async function singleTopology(slots: number): Promise<Topology> {
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
    replication.blackhole(true);
    await sleep(LAG_MS);
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

  // There and back: the process that was the master is the master again, and knows nothing of what it missed.
  const promoteLaggingReplica = async (): Promise<void> => {
    await promoteOther();
    await promoteOther();
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
    {
      name: 'slow-bus',
      strike: () =>
        during(
          SLOW_BUS_MS,
          () => slowBus(proxies[1]!, true),
          () => slowBus(proxies[1]!, false),
        ),
    },
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

/** Messages come seconds late, and the answers of Redis late enough that what they say may have been overtaken. */
function slowBus(proxy: TcpProxy, on: boolean): void {
  proxy.delay(on ? 2 * SLOW_BUS_MS : 0, { after: 'subscribe' });
  proxy.delay(on ? SLOW_REPLY_MS : 0);
  if (!on) proxy.cut();
}

async function follow(replica: TestRedis, replication: TcpProxy): Promise<void> {
  await redisCommand(replica, 'REPLICAOF', '127.0.0.1', replication.port);
}

async function restart(master: TestRedis, replica: TestRedis, replication: TcpProxy, keepRdb: boolean): Promise<void> {
  if (keepRdb) {
    await redisCommand(master, 'SAVE');
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
