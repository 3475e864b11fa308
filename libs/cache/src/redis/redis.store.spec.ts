import { redisSubject } from '../../spec-support/redis-tier.subject.js';
import { startRedis } from '../../../../test/support/services.js';
import type { TestRedis } from '../../../../test/support/services.js';
import { describeBusContract } from '../../testing/bus.contract.js';
import { describeStoreContract } from '../../testing/store.contract.js';

describe('with one Redis', () => {
  let server: TestRedis;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());

  describeStoreContract('The Redis store', () => redisSubject(server));
  describeBusContract('The Redis bus', () => redisSubject(server));
});
