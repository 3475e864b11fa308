import { setTimeout as sleep } from 'node:timers/promises';
import { redisCommand, startSentinel } from '../../../../test/support/services.js';
import type { TestRedis, TestSentinel } from '../../../../test/support/services.js';
import { addressOf, invalidation, load, served } from '../../testing/contract.steps.js';
import { lost, whole } from '../../spec-support/redis-tier.subject.js';
import { Catalog, defineEntry } from '../catalog.js';
import { createCache, type Cache } from '../create-cache.js';
import { redisTier, type RedisTier } from './index.js';

const STARTING_MS = 60_000;
const CLOSED_PORT = 1;
const DOUBT_MS = 2_000;

/** As soon as the sentinel has seen enough of the replica. */
async function failOver(sentinel: TestRedis, name: string): Promise<void> {
  for (;;) {
    try {
      await redisCommand(sentinel, 'SENTINEL', 'FAILOVER', name);
      return;
    } catch (error) {
      if (!/NOGOODSLAVE|INPROG/.test(String(error))) throw error;
      await sleep(50);
    }
  }
}

/** A server ends its connections when its role changes: then it is not known. */
async function roleOf(server: TestRedis): Promise<string | null> {
  const role = (await redisCommand(server, 'ROLE').catch(() => [null])) as [string | null];
  return role[0];
}

function portOf({ client }: RedisTier): number | undefined {
  const { status, stream } = client as { status: string; stream?: { remotePort?: number } };
  return status === 'ready' ? stream?.remotePort : undefined;
}

describe('a process that hears nothing of a failover', () => {
  let group: TestSentinel;
  let tier: RedisTier;

  beforeAll(async () => {
    group = await startSentinel();
    // The only sentinel that it reaches will not answer.
    const [{ host, port }, ...others] = group.sentinels as [TestRedis, ...TestRedis[]];
    const natMap = Object.fromEntries(
      others.map((other) => [`${other.host}:${other.port}`, { host, port: CLOSED_PORT }]),
    );
    tier = redisTier({ sentinels: [{ host, port }], name: group.name, natMap });
    await whole(tier);
  }, STARTING_MS);

  afterAll(async () => {
    await tier?.close();
    group?.sentinels[0]?.signal('SIGCONT');
    await group?.stop();
  });

  it(
    'neither reads from the old master nor takes its word for a write, although it still takes itself for the master',
    async () => {
      const address = addressOf('one', 'tag');
      await load(tier.store, address);
      expect(await served(tier.store, address)).not.toBeNull();
      group.sentinels[0]!.signal('SIGSTOP');
      await failOver(group.sentinels[1]!, group.name);
      while ((await roleOf(group.replicas[0]!)) !== 'master') await sleep(20);

      expect(await roleOf(group.master)).toBe('master');
      await expect(tier.store.invalidate(invalidation(['tag']))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      await expect(tier.store.readMany([address])).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      await lost(tier);

      // It names the old master still: longer than one doubts a master that lost a replica, if most sentinels speak for it.
      await sleep(DOUBT_MS);
      group.sentinels[0]!.signal('SIGCONT');
      await whole(tier);
      expect(portOf(tier)).toBe(group.replicas[0]!.port);
    },
    STARTING_MS,
  );
});

describe('a master that is deposed, and promoted again before it has heard of it', () => {
  const prices = defineEntry<{ amount: number }>()('prices', 'prices:{id}', { fresh: '1h', tags: ['price:{id}'] });
  const ref = prices.ref({ id: '1' });
  let group: TestSentinel;
  let tier: RedisTier;
  let cache: Cache;

  beforeAll(async () => {
    group = await startSentinel();
    tier = redisTier({ sentinels: group.sentinels.map(({ host, port }) => ({ host, port })), name: group.name });
    cache = createCache({ catalog: new Catalog([prices]), store: tier.store, bus: tier.bus });
    await cache.start();
    await usableAt(group.master);
  }, STARTING_MS);

  afterAll(async () => {
    await cache?.close();
    await group?.stop();
  });

  async function usableAt({ port }: TestRedis): Promise<void> {
    while (portOf(tier) !== port || cache.storeState() !== 'up') await sleep(20);
  }

  const read = (amount: number) => cache.manager.getOrSetResult(ref, async () => ({ amount }), { mode: 'L2' });

  it(
    'serves nothing of what was invalidated in between',
    async () => {
      while ((await read(1)).tier !== 'L2') await sleep(20);

      await failOver(group.sentinels[0]!, group.name);
      await usableAt(group.replicas[0]!);
      expect(await cache.invalidator.invalidateByTag('price:1')).toMatchObject({ status: 'applied' });
      await failOver(group.sentinels[0]!, group.name);
      await usableAt(group.master);

      // Otherwise this is about nothing: a master that was a replica meanwhile has another identity.
      expect((await redisCommand(group.master, 'INFO', 'replication')) as string).toContain(
        'master_replid2:0000000000000000000000000000000000000000',
      );
      expect(await read(2)).toMatchObject({ value: { amount: 2 } });
    },
    STARTING_MS,
  );
});
