import { setTimeout as sleep } from 'node:timers/promises';
import { redisCommand, startSentinel } from '../../../../test/support/services.js';
import type { TestSentinel } from '../../../../test/support/services.js';
import { redisTier, type RedisTier } from './index.js';

describe('after a failover that the old master was not told of', () => {
  let group: TestSentinel;
  let tier: RedisTier;

  beforeAll(async () => {
    group = await startSentinel();
    const sentinels = group.sentinels.map(({ host, port }) => ({ host, port }));
    tier = redisTier({ sentinels, name: group.name });
    await connected((port) => port === group.master.port);
  }, 60_000);

  afterAll(async () => {
    await tier?.close();
    await group?.stop();
  });

  async function connected(wanted: (port: number | undefined) => boolean): Promise<void> {
    const { client } = tier as { client: { status: string; stream: { remotePort?: number } } };
    while (client.status !== 'ready' || !wanted(client.stream.remotePort)) await sleep(20);
  }

  it('nobody goes on with it, although it still takes itself for the master', async () => {
    await redisCommand(group.sentinels[0]!, 'SENTINEL', 'FAILOVER', group.name);
    await connected((port) => group.replicas.some((replica) => replica.port === port));
    const [role] = (await redisCommand(group.master, 'ROLE')) as [string];
    expect(role).toBe('master');
  }, 30_000);
});
