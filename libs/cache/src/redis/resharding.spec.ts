import { whole } from '../../spec-support/redis-tier.subject.js';
import { redisCommand, startRedisCluster } from '../../../../test/support/services.js';
import type { TestRedis, TestRedisCluster } from '../../../../test/support/services.js';
import {
  addressOf,
  fill,
  invalidation,
  load,
  read,
  served,
  setRequest,
  take,
  takeFree,
} from '../../testing/contract.steps.js';
import { clusterLayout } from './key.layout.js';
import { redisTier } from './redis-tier.js';
import type { RedisTier } from './redis-tier.js';

const layout = clusterLayout('');
const address = addressOf('moving', 't');
/** Another key of the same partition, as a wallet's other entries are. */
const sibling = addressOf('other:moving', 't');
const partition = layout.partitionOf(address.key);

/** A slot whose keys go from one shard to another, in the steps that `redis-cli --cluster reshard` makes. */
describe('a partition that is moved to another shard', () => {
  let cluster: TestRedisCluster;
  let tier: RedisTier;
  let slot: number;
  let from: TestRedis;
  let to: TestRedis;

  beforeEach(async () => {
    cluster = await startRedisCluster();
    slot = Number(await redisCommand(cluster.nodes[0]!, 'CLUSTER', 'KEYSLOT', layout.entry(partition, '')));
    from = cluster.nodes[Math.floor((slot * 3) / 16_384)]!;
    to = cluster.nodes.find((node) => node !== from)!;
    tier = redisTier({ cluster: cluster.nodes, commandTimeoutMs: 1_000 });
    await whole(tier);
  }, 60_000);
  afterEach(async () => {
    await tier.close();
    await cluster.stop();
  });

  const idOf = (node: TestRedis): Promise<string> => redisCommand(node, 'CLUSTER', 'MYID').then(String);

  async function begin(): Promise<void> {
    await redisCommand(to, 'CLUSTER', 'SETSLOT', slot, 'IMPORTING', await idOf(from));
    await redisCommand(from, 'CLUSTER', 'SETSLOT', slot, 'MIGRATING', await idOf(to));
  }

  function move(...keys: readonly string[]): Promise<unknown> {
    return redisCommand(from, 'MIGRATE', to.host, to.port, '', 0, 1_000, 'KEYS', ...keys);
  }

  async function finish(): Promise<void> {
    const keys = (await redisCommand(from, 'CLUSTER', 'GETKEYSINSLOT', slot, 1_000)) as string[];
    if (keys.length > 0) await move(...keys);
    const owner = await idOf(to);
    for (const node of [to, from, ...cluster.nodes])
      await redisCommand(node, 'CLUSTER', 'SETSLOT', slot, 'NODE', owner);
  }

  it('is missed while it is under way: loads go on without writing, and nothing is a fault', async () => {
    await load(tier.store, address);
    const before = await takeFree(tier.store, sibling);
    await begin();
    await move(layout.version(partition, 't'));
    const snapshot = await read(tier.store, address);
    expect(snapshot.envelope).toBeNull();
    expect(snapshot.versions).toEqual([null, null, null]);
    const granted = await take(tier.store, address, 'missing');
    expect(granted.kind).toBe('granted');
    if (granted.kind === 'granted') {
      expect(Math.abs(granted.nowMs - Date.now())).toBeLessThan(60_000);
      expect(await tier.store.renew(address, granted.lease, 1_000)).toBe(false);
      expect(await fill(tier.store, address, granted)).toBe('full');
      await tier.store.release(address, granted.lease);
    }
    expect(await fill(tier.store, sibling, before)).toBe('refused');
  });

  it('is invalidated for good, wherever its keys are just then', async () => {
    await load(tier.store, address);
    await load(tier.store, sibling);
    await begin();
    await move(layout.version(partition, '*'), layout.entry(partition, sibling.key));
    const { deleted } = await tier.store.invalidate(invalidation(['t', '*'], [sibling.key], 9));
    expect(deleted).toBe(3);
    await finish();
    await whole(tier);
    for (const node of [from, to]) {
      for (const key of [
        layout.version(partition, 't'),
        layout.version(partition, '*'),
        layout.entry(partition, sibling.key),
      ]) {
        expect(await redisCommand(node, 'EXISTS', key).catch(() => 0)).toBe(0);
      }
    }
    const reply = await take(tier.store, address);
    expect(reply).toMatchObject({ kind: 'granted', minHeight: 9 });
  });

  it('keeps no older value when one cannot be set', async () => {
    await tier.store.set(setRequest(address, 'old'));
    await begin();
    await move(layout.version(partition, '*'));
    expect(await tier.store.set(setRequest(address, 'new'))).toBe('full');
    await finish();
    expect((await read(tier.store, address)).envelope).toBeNull();
  });

  it('is found where it is afterwards, and what was stamped before is not served', async () => {
    await load(tier.store, address);
    await begin();
    await finish();
    expect((await read(tier.store, address)).envelope).not.toBeNull();
    expect(await served(tier.store, address)).toBeNull();
    await load(tier.store, address, { body: Buffer.from('there') });
    expect(await served(tier.store, address)).toBe('there');
    await tier.store.invalidate(invalidation(['t']));
    expect(await served(tier.store, address)).toBeNull();
  });
});
