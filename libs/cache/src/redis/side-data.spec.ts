import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { sharedRedisUrl, startRedisCluster } from '../../../../test/support/services.js';
import type { TestRedisCluster } from '../../../../test/support/services.js';
import { lost, whole } from '../../spec-support/redis-tier.subject.js';
import { describeSideDataContract } from '../../testing/side-data.contract.js';
import type { SideDataSubject } from '../../testing/side-data.contract.js';
import type { RedisTierOptions } from './connection.options.js';
import { redisTier } from './redis-tier.js';

const keyPrefix = `${randomBytes(4).toString('hex')}/`;

async function subjectOf(options: RedisTierOptions): Promise<SideDataSubject> {
  const tier = redisTier({ keyPrefix, commandTimeoutMs: 1_000, ...options });
  await whole(tier);
  return { sideData: tier.sideData, advance: sleep, close: () => tier.close() };
}

describeSideDataContract('Redis', () => subjectOf({ url: sharedRedisUrl() }));

describe('with a Cluster', () => {
  let cluster: TestRedisCluster;
  beforeAll(async () => {
    cluster = await startRedisCluster();
  }, 60_000);
  afterAll(() => cluster.stop());

  describeSideDataContract('Redis Cluster', () => subjectOf({ cluster: cluster.nodes }));
});

describe('side data in Redis', () => {
  it('leaves alone what somebody else put in its place, and makes nothing out of it', async () => {
    const tier = redisTier({ keyPrefix, url: sharedRedisUrl() });
    await whole(tier);
    const admin = new Redis(sharedRedisUrl());
    for (const poison of ['"_function_x|() => { throw new Error() }"', '"2:later format"', '{"v":1}', '7']) {
      await admin.set(`${keyPrefix}_s:poisoned`, poison);
      expect(await tier.sideData.get('poisoned')).toBeUndefined();
    }
    for (const garbage of ['', 'no JSON', '"1:cut']) {
      await admin.set(`${keyPrefix}_s:poisoned`, garbage);
      expect(await tier.sideData.get('poisoned')).toBeUndefined();
    }
    await admin.del(`${keyPrefix}_s:poisoned`);
    await admin.rpush(`${keyPrefix}_s:poisoned`, 'x');
    expect(await tier.sideData.get('poisoned')).toBeUndefined();
    await tier.sideData.set('poisoned', 'healed', 60_000);
    expect(await tier.sideData.get('poisoned')).toBe('healed');
    admin.disconnect();
    await tier.close();
  });

  it('fails as unavailable when Redis cannot be reached', async () => {
    const tier = redisTier({ keyPrefix, url: sharedRedisUrl() });
    await whole(tier);
    await tier.close();
    await lost(tier);
    await expect(tier.sideData.get('x')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await expect(tier.sideData.set('x', 'y', 1)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });
});
