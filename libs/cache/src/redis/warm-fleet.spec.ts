import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { sharedRedisUrl, startRedisCluster } from '../../../../test/support/services.js';
import type { TestRedisCluster } from '../../../../test/support/services.js';
import { lost, whole } from '../../spec-support/redis-tier.subject.js';
import { describeWarmFleetContract } from '../../testing/warm-fleet.contract.js';
import type { WarmFleetSubject } from '../../testing/warm-fleet.contract.js';
import type { RedisTierOptions } from './connection.options.js';
import { redisTier } from './redis-tier.js';

const freshPrefix = (): string => `${randomBytes(4).toString('hex')}/`;

async function subjectOf(options: RedisTierOptions): Promise<WarmFleetSubject> {
  const tier = redisTier({ keyPrefix: freshPrefix(), commandTimeoutMs: 1_000, ...options });
  await whole(tier);
  return { fleet: tier.warmFleet, advance: sleep, close: () => tier.close() };
}

describeWarmFleetContract('Redis', () => subjectOf({ url: sharedRedisUrl() }));

describe('with a Cluster', () => {
  let cluster: TestRedisCluster;
  beforeAll(async () => {
    cluster = await startRedisCluster();
  }, 60_000);
  afterAll(() => cluster.stop());

  describeWarmFleetContract('Redis Cluster', () => subjectOf({ cluster: cluster.nodes }));
});

describe('a fleet in Redis', () => {
  it('outlives a server clock that was set back an hour: what would live an hour longer begins anew', async () => {
    const keyPrefix = freshPrefix();
    const tier = redisTier({ keyPrefix, url: sharedRedisUrl() });
    await whole(tier);
    const admin = new Redis(sharedRedisUrl());
    // What a dead leader's lease, a round and a minute look like after it.
    const keyOf = (name: string): string => `${keyPrefix}_w:{warm}:${name}`;
    await admin.set(keyOf('leader'), 'dead:1', 'PX', 3_600_000);
    await admin.set(keyOf('round:r'), 'dead:1', 'PX', 3_600_000);
    await admin.hset(keyOf('calls'), 'users', 0);
    await admin.pexpire(keyOf('calls'), 3_600_000);

    expect(await tier.warmFleet.campaign('a', 100)).toEqual({ kind: 'follows', remainingMs: 100 });
    await sleep(150);
    const reply = await tier.warmFleet.campaign('a', 10_000);
    expect(reply.kind).toBe('leads');
    const { tenure } = reply as { readonly tenure: { readonly holder: string; readonly fence: number } };
    expect(await tier.warmFleet.begin(tenure, 'r', 500)).toEqual({ kind: 'early', remainingMs: 500 });
    await tier.warmFleet.takeCalls({ callsPerMinute: 1, warmCallsPerMinute: 1, usedByUsers: 0, wanted: 1 });
    expect(await admin.pttl(keyOf('calls'))).toBeLessThanOrEqual(60_000);
    admin.disconnect();
    await tier.close();
  });

  it('loads its scripts again when the server has forgotten them', async () => {
    const tier = redisTier({ keyPrefix: freshPrefix(), url: sharedRedisUrl() });
    await whole(tier);
    await tier.client.script('FLUSH');
    expect((await tier.warmFleet.campaign('a', 100)).kind).toBe('leads');
    await tier.close();
  });

  it('fails as unavailable when Redis cannot be reached', async () => {
    const tier = redisTier({ keyPrefix: freshPrefix(), url: sharedRedisUrl() });
    await whole(tier);
    await tier.close();
    await lost(tier);
    await expect(tier.warmFleet.campaign('a', 100)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });
});
