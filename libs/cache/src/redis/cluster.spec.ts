import { clusterSubject } from '../../spec-support/redis-tier.subject.js';
import { startRedisCluster } from '../../../../test/support/services.js';
import type { TestRedisCluster } from '../../../../test/support/services.js';
import { describeBusContract } from '../../testing/bus.contract.js';
import { describeStoreContract } from '../../testing/store.contract.js';

describe('with a Cluster', () => {
  let cluster: TestRedisCluster;
  beforeAll(async () => {
    cluster = await startRedisCluster({ args: ['--enable-debug-command', 'yes'] });
  }, 60_000);
  afterAll(() => cluster.stop());

  describeStoreContract('The Redis store', () => clusterSubject(cluster));
  describeBusContract('The Redis bus', () => clusterSubject(cluster));
});
