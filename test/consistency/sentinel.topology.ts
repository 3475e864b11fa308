import { setTimeout as sleep } from 'node:timers/promises';
import { redisCommand, startSentinel, type TestRedis } from '../support/services.js';
import { keyFaults } from './key.faults.js';
import type { Topology } from './topology.js';

/** Longer than the sentinels need to agree and to promote. */
const FAILOVER_MS = 4_000;

/** A master, a replica and three sentinels that decide which is which. */
export async function sentinelTopology(): Promise<Topology> {
  const group = await startSentinel();
  const servers = [group.master, ...group.replicas];
  const freezeMaster = async (): Promise<void> => {
    const [master] = await mastersOf(servers);
    if (master === undefined) return;
    master.signal('SIGSTOP');
    await sleep(FAILOVER_MS);
    // Comes back believing that it is the master, until the sentinels tell it otherwise.
    master.signal('SIGCONT');
    await sleep(FAILOVER_MS);
  };
  const failOver = async (): Promise<void> => {
    await redisCommand(group.sentinels[0]!, 'SENTINEL', 'FAILOVER', group.name).catch(() => {});
    await sleep(FAILOVER_MS);
  };
  return {
    optionsOf: () => ({ sentinels: group.sentinels.map(({ host, port }) => ({ host, port })), name: group.name }),
    faults: [
      ...keyFaults(() => servers).filter((fault) => fault.name !== 'redis-full'),
      { name: 'master-frozen', strike: freezeMaster },
      { name: 'failover-ordered', strike: failOver },
    ].map((fault) => ({ ...fault, strike: () => fault.strike().catch(ignoreReplicas) })),
    stop: () => group.stop(),
  };
}

/** A replica refuses writes: the fault then struck the master only, as it should. */
function ignoreReplicas(error: unknown): void {
  if (!/READONLY|UNBLOCKED|MASTERDOWN/.test(String(error))) throw error;
}

async function mastersOf(servers: readonly TestRedis[]): Promise<TestRedis[]> {
  const roles = await Promise.all(
    servers.map(async (server) => ((await redisCommand(server, 'ROLE').catch(() => ['gone'])) as string[])[0]),
  );
  return servers.filter((_server, index) => roles[index] === 'master');
}
