import { Cluster, Redis } from 'ioredis';
import { setTimeout as sleep } from 'node:timers/promises';
import { redisCommand, startRedisCluster, startSentinel } from './services.js';

jest.setTimeout(60_000);

describe('a Redis Cluster of one’s own', () => {
  it('spreads keys over all masters, and each master has its replica', async () => {
    const cluster = await startRedisCluster({ masters: 3, replicas: 1 });
    const client = new Cluster(cluster.nodes.map(({ host, port }) => ({ host, port })));
    try {
      const keys = Array.from({ length: 60 }, (_, index) => `key:${index}`);
      await Promise.all(keys.map((key) => client.set(key, key)));
      expect(await Promise.all(keys.map((key) => client.get(key)))).toEqual(keys);

      const sizes = await Promise.all(client.nodes('master').map((node) => node.dbsize()));
      expect(sizes).toHaveLength(3);
      expect(sizes.every((size) => size > 0)).toBe(true);
      const roles = await Promise.all(cluster.nodes.slice(3).map((node) => redisCommand(node, 'ROLE')));
      expect(roles).toEqual(
        cluster.nodes.slice(0, 3).map(({ host, port }) => ['slave', host, port, 'connected', expect.any(Number)]),
      );
    } finally {
      client.disconnect();
      await cluster.stop();
    }
  });
});

describe('sentinels of one’s own', () => {
  it('promote the replica when the master dies, and clients find it', async () => {
    const group = await startSentinel({ replicas: 1 });
    const client = new Redis({
      sentinels: group.sentinels.map(({ host, port }) => ({ host, port })),
      name: group.name,
      maxRetriesPerRequest: null,
    });
    // While nobody is master, the client says so again and again.
    client.on('error', () => undefined);
    try {
      await client.set('kept', 'yes');
      await client.wait(1, 5_000);
      group.master.signal('SIGKILL');
      for (let tries = 0; tries < 600 && (await masterPort(client)) === group.master.port; tries += 1) await sleep(50);
      expect((await client.role())[0]).toBe('master');
      expect(await masterPort(client)).toBe(group.replicas[0]?.port);
      expect(await client.get('kept')).toBe('yes');
    } finally {
      client.disconnect();
      await group.stop();
    }
  });
});

async function masterPort(client: Redis): Promise<number> {
  return Number(/tcp_port:(\d+)/.exec(await client.info('server'))?.[1]);
}
