import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { whole } from '../../spec-support/redis-tier.subject.js';
import { startRedis } from '../../../../test/support/services.js';
import type { TestRedis } from '../../../../test/support/services.js';
import { Catalog, defineEntry } from '../catalog.js';
import { createCache, type Cache } from '../create-cache.js';
import { redisTier, type RedisTier } from './redis-tier.js';

/** Longer than every patience with Redis and with the bus, at their defaults. */
const BUSY_MS = 2_500;

const direct = defineEntry<number>()('direct', 'direct:{id}', { staleness: 0 });
const kept = defineEntry<number>()('kept', 'kept:{id}', { fresh: '1h', staleness: '60s' });

let server: TestRedis;
let tier: RedisTier;
let cache: Cache;
let troubles: string[];

beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
beforeEach(async () => {
  tier = redisTier({ url: server.url, keyPrefix: `${randomBytes(4).toString('hex')}/` });
  cache = createCache({ catalog: new Catalog([direct, kept]), store: tier.store, bus: tier.bus });
  await cache.start();
  await whole(tier);
  troubles = [];
  cache.events.add({
    storeState: (state, cause) => troubles.push(`${state}: ${String(cause)}`),
    storeFault: (operation, error) => troubles.push(`${operation}: ${String(error)}`),
    flushed: (reason) => troubles.push(`flushed: ${reason}`),
  });
});
afterEach(() => cache.close());

describe('a process that was busy while Redis answered', () => {
  it('finds the answers, and blames neither Redis nor the bus', async () => {
    const loads: number[] = [];
    const read = (id: number): Promise<number> =>
      cache.manager.getOrSet(direct.ref({ id: String(id) }), async () => loads.push(id));
    await cache.manager.getOrSet(kept.ref({ id: '1' }), async () => 1);
    const first = await Promise.all([1, 2, 3, 4].map(read));

    keepBusyAfterSending(tier.client as Redis);
    expect(await Promise.all([1, 2, 3, 4].map(read))).toEqual(first);
    // As long as all those wait whose patience ended meanwhile.
    await new Promise((resolve) => setTimeout(resolve, 1_500));

    expect(troubles).toEqual([]);
    expect(loads).toHaveLength(4);
    expect(cache.storeState()).toBe('up');
    expect(await cache.manager.getOrSet(kept.ref({ id: '1' }), async () => 2)).toBe(1);
  });
});

/** Nothing else runs in this process for a while, from right after the next commands were sent. */
function keepBusyAfterSending(client: Redis): void {
  const send = client.sendCommand.bind(client);
  client.sendCommand = (command, stream) => {
    client.sendCommand = send;
    process.nextTick(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BUSY_MS));
    return send(command, stream);
  };
}
