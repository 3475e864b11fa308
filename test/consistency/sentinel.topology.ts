import type { HostAndPort } from '@chaincache/cache/redis';
import { setTimeout as sleep } from 'node:timers/promises';
import { redisCommand, startSentinel, type TestRedis } from '../support/services.js';
import { keyFaults } from './key.faults.js';
import type { Topology } from './topology.js';

/** Longer than the sentinels need to agree and to promote. */
const FAILOVER_MS = 4_000;

/** A deposed master is told after some ten seconds. */
const SETTLING_LIMIT_MS = 60_000;
/** A new replica has copied everything, and its master counts on it. */
const REPLICA_REPORTS_MS = 1_500;
/** The process that can reach one sentinel alone. */
const LONELY_SLOT = 4;
const CLOSED_PORT = 1;

/** A master, a replica and three sentinels that decide which is which. */
export async function sentinelTopology(): Promise<Topology> {
  const group = await startSentinel();
  const [leader, second, lonely] = group.sentinels as [TestRedis, TestRedis, TestRedis];
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
  const promoteAnother = async (): Promise<void> => {
    await until('a promotion was refused', () => isPromotionOrdered(leader, group.name));
    await sleep(FAILOVER_MS);
  };
  /** The sentinels have told the last one that was deposed, and the master counts on it as a replica. */
  const settled = async (): Promise<void> => {
    await until('there were two masters', async () => (await mastersOf(servers)).length === 1);
    await sleep(REPLICA_REPORTS_MS);
  };
  const failOver = async (): Promise<void> => {
    await settled();
    await promoteAnother();
  };
  /** The first master is the master again before it has heard that it was not. */
  const failOverAndBack = async (): Promise<void> => {
    await settled();
    await promoteAnother();
    await promoteAnother();
  };
  /** One process hears nothing of it, while the old master goes on. */
  const failOverUnheard = async (): Promise<void> => {
    await settled();
    lonely.signal('SIGSTOP');
    await promoteAnother().finally(() => lonely.signal('SIGCONT'));
  };
  const addressOf = ({ host, port }: TestRedis): HostAndPort => ({ host, port });
  const nobody = [leader, second].map(({ host, port }) => [`${host}:${port}`, { host, port: CLOSED_PORT }] as const);
  return {
    optionsOf: (slot) =>
      slot === LONELY_SLOT
        ? { sentinels: [addressOf(lonely)], name: group.name, natMap: Object.fromEntries(nobody) }
        : { sentinels: group.sentinels.map(addressOf), name: group.name },
    faults: [
      ...keyFaults(() => servers).filter((fault) => fault.name !== 'redis-full'),
      { name: 'master-frozen', strike: freezeMaster },
      { name: 'failover-ordered', strike: failOver },
      { name: 'failover-and-back', strike: failOverAndBack },
      { name: 'failover-unheard', strike: failOverUnheard },
    ].map((fault) => ({ ...fault, strike: () => fault.strike().catch(ignoreReplicas) })),
    stop: () => group.stop(),
  };
}

/** A replica refuses writes: the fault then struck the master only, as it should. */
function ignoreReplicas(error: unknown): void {
  if (!/READONLY|UNBLOCKED|MASTERDOWN/.test(String(error))) throw error;
}

async function until(otherwise: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + SETTLING_LIMIT_MS;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`${otherwise} for ${SETTLING_LIMIT_MS} ms`);
    await sleep(100);
  }
}

/** Refused until the sentinel has seen enough of the replica. */
async function isPromotionOrdered(sentinel: TestRedis, name: string): Promise<boolean> {
  try {
    await redisCommand(sentinel, 'SENTINEL', 'FAILOVER', name);
    return true;
  } catch (error) {
    if (!/NOGOODSLAVE|INPROG/.test(String(error))) throw error;
    return false;
  }
}

async function mastersOf(servers: readonly TestRedis[]): Promise<TestRedis[]> {
  const roles = await Promise.all(
    servers.map(async (server) => ((await redisCommand(server, 'ROLE').catch(() => ['gone'])) as string[])[0]),
  );
  return servers.filter((_server, index) => roles[index] === 'master');
}
