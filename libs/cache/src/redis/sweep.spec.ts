import { randomBytes } from 'node:crypto';
import { whole } from '../../spec-support/redis-tier.subject.js';
import { redisCommands, startRedis, startRedisCluster } from '../../../../test/support/services.js';
import type { TestRedis } from '../../../../test/support/services.js';
import { addressOf, invalidation, load, served } from '../../testing/contract.steps.js';
import type { Address } from '../store/store.port.js';
import type { RedisTierOptions } from './connection.options.js';
import { clusterLayout, singleLayout } from './key.layout.js';
import type { KeyLayout } from './key.layout.js';
import { redisTier } from './redis-tier.js';
import type { RedisTier } from './redis-tier.js';

interface Deployment {
  readonly options: RedisTierOptions;
  readonly layoutOf: (prefix: string) => KeyLayout;
  readonly nodes: readonly TestRedis[];
  stop(): Promise<void>;
}

const DEPLOYMENTS: Readonly<Record<string, () => Promise<Deployment>>> = {
  async 'one Redis'() {
    const server = await startRedis();
    return { options: { url: server.url }, layoutOf: singleLayout, nodes: [server], stop: () => server.stop() };
  },
  async 'a Cluster'() {
    const { nodes, stop } = await startRedisCluster({ args: ['--enable-debug-command', 'yes'] });
    return { options: { cluster: nodes }, layoutOf: clusterLayout, nodes, stop };
  },
};

describe.each(Object.entries(DEPLOYMENTS))('a sweep of %s', (name, deploy) => {
  let deployment: Deployment;
  let tier: RedisTier;
  let layout: KeyLayout;

  beforeAll(async () => {
    deployment = await deploy();
  }, 60_000);
  afterAll(() => deployment.stop());
  beforeEach(async () => {
    // Every character that a pattern of Redis takes for more than itself.
    const keyPrefix = `[a-z]*?\\${randomBytes(4).toString('hex')}/`;
    layout = deployment.layoutOf(keyPrefix);
    tier = redisTier({ ...deployment.options, keyPrefix, commandTimeoutMs: 1_000 });
    await whole(tier);
  });
  afterEach(() => tier.close());

  const many = (kind: string, count: number): Address[] =>
    Array.from({ length: count }, (_, index) => ({ key: `${kind}:${index}`, tags: [`own:${kind}`, `${kind}:`, '*'] }));
  const placeOf = ({ key }: Address): string => layout.entry(layout.partitionOf(key), key);
  const stillThere = async (addresses: readonly Address[]): Promise<number> => {
    const found = await Promise.all(addresses.map((address) => tier.client.exists(placeOf(address))));
    return found.filter((count) => count === 1).length;
  };

  it('removes what a prefix has ended, and nothing else', async () => {
    const [dead, alive] = [many('dead', 450), many('alive', 450)];
    await Promise.all([...dead, ...alive].map((address) => load(tier.store, address)));
    await tier.sideData.set('note', 'kept', 60_000);
    await tier.client.set(placeOf(addressOf('foreign')), 'not ours');
    await tier.client.rpush(placeOf(addressOf('list')), 'not ours');
    await tier.store.invalidate(invalidation(['dead:']));
    const { scanned, removed } = await tier.sweep({ pauseMs: 0 });
    expect(removed).toBe(450);
    expect(scanned).toBeGreaterThanOrEqual(900);
    expect(await stillThere(dead)).toBe(0);
    expect(await stillThere([...alive, addressOf('foreign'), addressOf('list')])).toBe(452);
    for (const address of alive.slice(0, 5)) expect(await served(tier.store, address)).toBe('value');
    expect(await tier.sideData.get('note')).toBe('kept');
  });

  it('removes what another tag has ended where the tags of entries are known', async () => {
    const entries = many('tagged', 20);
    for (const address of entries) await load(tier.store, address);
    await tier.store.invalidate(invalidation(['own:tagged']));
    expect((await tier.sweep({ pauseMs: 0 })).removed).toBe(0);
    const tagsOf = (key: string): readonly string[] | null => entries.find((entry) => entry.key === key)?.tags ?? null;
    expect((await tier.sweep({ pauseMs: 0, tagsOf })).removed).toBe(20);
  });

  it('removes what a failover has ended', async () => {
    const entries = many('stamped', 20);
    for (const address of entries) await load(tier.store, address);
    const change =
      name === 'a Cluster'
        ? [['DEBUG', 'CHANGE-REPL-ID']]
        : [
            ['REPLICAOF', '127.0.0.1', 1],
            ['REPLICAOF', 'NO', 'ONE'],
          ];
    for (const node of deployment.nodes) await redisCommands(node, change);
    expect((await tier.sweep({ pauseMs: 0 })).removed).toBe(20);
  });

  it('ends when it is told to', async () => {
    for (const address of many('dead', 5)) await load(tier.store, address);
    await tier.store.invalidate(invalidation(['*']));
    expect(await tier.sweep({ pauseMs: 0, signal: AbortSignal.abort() })).toEqual({ scanned: 0, removed: 0 });
  });
});
