import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.mjs';
import { startRedis } from './redis-server.mjs';
import { redisCommand } from './resp-client.mjs';

const SLOTS = 16_384;
const FORMING_TIMEOUT_MS = 30_000;

/**
 * Starts a Redis Cluster whose slots are spread evenly over `masters`, each with `replicas` replicas.
 * Resolves when every node says that the cluster is whole. The masters stand first in `nodes`.
 *
 * @param {{ masters?: number, replicas?: 0 | 1, args?: string[] }} options
 */
export async function startRedisCluster({ masters = 3, replicas = 0, args = [] } = {}) {
  const size = masters * (1 + replicas);
  const nodes = await Promise.all(Array.from({ length: size }, () => startNode(args)));
  const stop = async () => void (await Promise.all(nodes.map((node) => node.stop())));
  try {
    await form(nodes, masters);
    return { nodes, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startNode(args) {
  const cluster = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000', '--cluster-config-file', 'nodes'];
  return startRedis({ args: [...cluster, '--cluster-port', String(await freePort()), ...args] });
}

async function form(nodes, masters) {
  const owners = nodes.slice(0, masters);
  await Promise.all(
    owners.map((node, index) => {
      const first = Math.floor((index * SLOTS) / masters);
      const last = Math.floor(((index + 1) * SLOTS) / masters) - 1;
      return redisCommand(node, 'CLUSTER', 'ADDSLOTSRANGE', first, last);
    }),
  );
  await Promise.all(nodes.map((node, index) => redisCommand(node, 'CLUSTER', 'SET-CONFIG-EPOCH', index + 1)));
  for (const node of nodes.slice(1))
    await redisCommand(nodes[0], 'CLUSTER', 'MEET', node.host, node.port, busPort(node));
  await until(nodes, async (node) => (await clusterInfo(node)).includes(`cluster_known_nodes:${nodes.length}\r`));
  await Promise.all(nodes.slice(masters).map((replica, index) => follow(replica, owners[index % masters])));
  await until(nodes, async (node) => (await clusterInfo(node)).includes('cluster_state:ok'));
}

async function follow(replica, master) {
  await redisCommand(replica, 'CLUSTER', 'REPLICATE', await redisCommand(master, 'CLUSTER', 'MYID'));
  await until([replica], async (node) => (await redisCommand(node, 'INFO')).includes('master_link_status:up'));
}

const clusterInfo = (node) => redisCommand(node, 'CLUSTER', 'INFO');

const busPort = (node) => node.args[node.args.indexOf('--cluster-port') + 1];

async function until(nodes, holds) {
  const deadline = Date.now() + FORMING_TIMEOUT_MS;
  for (const node of nodes) {
    while (!(await holds(node))) {
      if (Date.now() > deadline) throw new Error(`the cluster did not form within ${FORMING_TIMEOUT_MS} ms`);
      await sleep(25);
    }
  }
}
