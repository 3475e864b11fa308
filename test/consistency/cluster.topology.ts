import { setTimeout as sleep } from 'node:timers/promises';
import { redisCommand, startRedisCluster, type TestRedis } from '../support/services.js';
import { keyFaults } from './key.faults.js';
import type { Topology } from './topology.js';

const OUTAGE_MS = 1_500;
const TAKEOVER_MS = 2_500;

/** Three shards, each with a replica. */
export async function clusterTopology(): Promise<Topology> {
  const cluster = await startRedisCluster({ masters: 3, replicas: 1 });
  const freezeShard = async (): Promise<void> => {
    const [master] = await nodesOf(cluster.nodes, 'master');
    master!.signal('SIGSTOP');
    await sleep(OUTAGE_MS);
    master!.signal('SIGCONT');
  };
  const takeOver = async (): Promise<void> => {
    const [replica] = await nodesOf(cluster.nodes, 'slave');
    if (replica !== undefined) await redisCommand(replica, 'CLUSTER', 'FAILOVER', 'TAKEOVER');
    await sleep(TAKEOVER_MS);
  };
  return {
    optionsOf: () => ({ cluster: cluster.nodes.map(({ host, port }) => ({ host, port })) }),
    faults: [
      ...keyFaults(() => cluster.nodes).filter((fault) => fault.name !== 'redis-full'),
      { name: 'shard-frozen', strike: freezeShard },
      { name: 'replica-takes-over', strike: takeOver },
    ].map((fault) => ({ ...fault, strike: () => fault.strike().catch(ignoreRefusals) })),
    stop: () => cluster.stop(),
  };
}

/** A replica refuses writes, a key may have moved: the fault then struck the others only. */
function ignoreRefusals(error: unknown): void {
  if (!/READONLY|MOVED|UNBLOCKED|MASTERDOWN|CROSSSLOT/.test(String(error))) throw error;
}

async function nodesOf(nodes: readonly TestRedis[], role: 'master' | 'slave'): Promise<TestRedis[]> {
  const roles = await Promise.all(
    nodes.map(async (node) => ((await redisCommand(node, 'ROLE').catch(() => ['gone'])) as string[])[0]),
  );
  return nodes.filter((_node, index) => roles[index] === role);
}
