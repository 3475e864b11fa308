import { setTimeout as sleep } from 'node:timers/promises';
import { startRedis, startSentinelServer } from './redis-server.mjs';
import { redisCommand } from './resp-client.mjs';

const NAME = 'chaincache';
const FORMING_TIMEOUT_MS = 30_000;

/**
 * Starts a master, its replicas and the sentinels that watch it, and resolves when every sentinel knows all of them.
 * A majority of the sentinels promotes a replica when the master has been silent for `downAfterMs`.
 *
 * @param {{ replicas?: number, sentinels?: number, downAfterMs?: number }} options
 */
export async function startSentinel({ replicas = 1, sentinels = 3, downAfterMs = 1_000 } = {}) {
  const started = [];
  const keep = async (server) => {
    started.push(await server);
    return server;
  };
  const stop = async () => void (await Promise.all(started.map((server) => server.stop())));
  try {
    const master = await keep(startRedis());
    const copies = await Promise.all(
      Array.from({ length: replicas }, () =>
        keep(startRedis({ args: ['--replicaof', master.host, String(master.port)] })),
      ),
    );
    const settings = sentinelSettings({ master, quorum: Math.floor(sentinels / 2) + 1, downAfterMs });
    const watchers = await Promise.all(
      Array.from({ length: sentinels }, () => keep(startSentinelServer({ settings }))),
    );
    for (const watcher of watchers) await allKnown(watcher, { replicas, sentinels });
    return { name: NAME, sentinels: watchers, master, replicas: copies, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function sentinelSettings({ master, quorum, downAfterMs }) {
  return [
    `sentinel monitor ${NAME} ${master.host} ${master.port} ${quorum}`,
    `sentinel down-after-milliseconds ${NAME} ${downAfterMs}`,
    `sentinel failover-timeout ${NAME} 10000`,
    '',
  ].join('\n');
}

async function allKnown(watcher, { replicas, sentinels }) {
  const deadline = Date.now() + FORMING_TIMEOUT_MS;
  const whole = `slaves=${replicas},sentinels=${sentinels}`;
  while (!(await redisCommand(watcher, 'INFO')).includes(whole)) {
    if (Date.now() > deadline) throw new Error(`the sentinels did not find each other within ${FORMING_TIMEOUT_MS} ms`);
    await sleep(50);
  }
}
