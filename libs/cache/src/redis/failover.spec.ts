import { lost, whole } from '../../spec-support/redis-tier.subject.js';
import { redisCommand, startRedisCluster, startSentinel } from '../../../../test/support/services.js';
import type { TestRedis } from '../../../../test/support/services.js';
import {
  addressOf,
  eventually,
  fill,
  invalidation,
  load,
  Recorder,
  served,
  takeFree,
} from '../../testing/contract.steps.js';
import type { RedisTierOptions } from './connection.options.js';
import { clusterLayout } from './key.layout.js';
import { redisTier } from './redis-tier.js';
import type { RedisTier } from './redis-tier.js';

const FAILOVER_TIMEOUT_MS = 60_000;

/** Enough keys to have some in every partition of a Cluster. */
const ADDRESSES = Array.from({ length: 40 }, (_, index) => addressOf(`n${index}`, 'wide'));

interface Deployment {
  readonly options: RedisTierOptions;
  /** The master whose death is looked at. */
  readonly victim: TestRedis;
  stop(): Promise<void>;
}

const DEPLOYMENTS: Readonly<Record<string, () => Promise<Deployment>>> = {
  async Sentinel() {
    const { master, sentinels, name, stop } = await startSentinel({ downAfterMs: 500 });
    return { options: { sentinels, name }, victim: master, stop };
  },
  async Cluster() {
    const { nodes, stop } = await startRedisCluster({ replicas: 1 });
    const busSlot = Number(await redisCommand(nodes[0]!, 'CLUSTER', 'KEYSLOT', clusterLayout('').channel));
    return { options: { cluster: nodes }, victim: nodes[Math.floor((busSlot * 3) / 16_384)]!, stop };
  },
};

describe.each(Object.entries(DEPLOYMENTS))('a failover with %s', (_name, deploy) => {
  let deployment: Deployment;
  let first: RedisTier;
  let second: RedisTier;

  beforeAll(async () => {
    deployment = await deploy();
    const options = { ...deployment.options, commandTimeoutMs: 500 };
    first = redisTier(options);
    second = redisTier(options);
    await Promise.all([first, second].map(whole));
  }, FAILOVER_TIMEOUT_MS);
  afterAll(async () => {
    await Promise.all([first.close(), second.close()]);
    await deployment.stop();
  });

  it(
    'serves nothing that was stamped by the lost master, and works again, the bus too',
    async () => {
      for (const address of ADDRESSES) await load(first.store, address);
      const doomed = await takeFree(first.store, addressOf('in flight', 'wide'));
      const before = await first.store.readMany(ADDRESSES);
      const heard = new Recorder();
      second.bus.subscribe(heard);

      deployment.victim.signal('SIGKILL');
      await Promise.all([first, second].map(lost));
      await Promise.all([first, second].map(whole));

      const after = await first.store.readMany(ADDRESSES);
      const changed = after.filter((snapshot, index) => !snapshot!.identity.equals(before[index]!.identity));
      expect(changed.length).toBeGreaterThan(0);
      for (const [index, address] of ADDRESSES.entries()) {
        if (after[index]!.identity.equals(before[index]!.identity)) continue;
        expect(await served(second.store, address)).toBeNull();
        await load(first.store, address, { body: Buffer.from('again') });
        expect(await served(second.store, address)).toBe('again');
      }
      if (changed.length === ADDRESSES.length) {
        expect(await fill(first.store, addressOf('in flight', 'wide'), doomed)).toBe('refused');
      }

      await first.store.invalidate(invalidation(['wide']));
      for (const address of ADDRESSES) expect(await served(second.store, address)).toBeNull();
      expect(heard.gaps).toContain('reconnect');
      await eventually('the message', () => heard.messages.length > 0);
    },
    FAILOVER_TIMEOUT_MS,
  );
});
