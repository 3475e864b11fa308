import { balances, amount, settled } from '../../testing/simulated.fleet.js';
import { ManualClock } from '../../testing/manual.clock.js';
import { Catalog } from '../catalog.js';
import { createCache, type Cache } from '../create-cache.js';
import { MemoryOutbox } from '../outbox/memory.outbox.js';
import { MemoryServer } from '../store/memory.server.js';
import { memoryTier } from '../store/memory.store.js';

describe('the identities of a store', () => {
  const identities = { a: Buffer.from('shard a '), b: Buffer.from('shard b ') };
  let cache: Cache;
  let recent: jest.SpyInstance;

  /** A store of two shards: keys ending in `a` and in `b`. */
  beforeEach(async () => {
    const clock = new ManualClock(1_000);
    const { store, bus } = memoryTier(new MemoryServer({ clock }), { clock });
    const read = store.readMany.bind(store);
    store.readMany = async (addresses) =>
      (await read(addresses)).map((snapshot, index) => {
        const shard = addresses[index]!.key.endsWith('a') ? 'a' : 'b';
        return { ...snapshot!, identity: Buffer.from(identities[shard]) };
      });
    const outbox = new MemoryOutbox(clock);
    recent = jest.spyOn(outbox, 'recent');
    cache = createCache({ catalog: new Catalog([balances]), store, bus, outbox, clock });
    await cache.start();
  });

  afterEach(() => cache.close());

  const read = async (address: string): Promise<void> => {
    await cache.manager.getOrSet(balances.ref({ address }), amount('1'), { mode: 'L2' });
    await settled();
  };

  it('of its shards are not taken for changes, in whatever order they are read', async () => {
    for (const address of ['a', 'b']) await read(address);
    const before = recent.mock.calls.length;
    for (const address of ['a', 'b', 'a', 'b', 'b', 'a']) await read(address);
    expect(recent).toHaveBeenCalledTimes(before);
  });

  it('that were never seen before are changes: what was applied lately is applied again', async () => {
    for (const address of ['a', 'b']) await read(address);
    const before = recent.mock.calls.length;
    identities.b = Buffer.from('promoted');
    await read('b');
    expect(recent.mock.calls.length).toBe(before + 1);
  });
});

describe('a store that was never lost', () => {
  it('is believed before anybody has looked which server it is', async () => {
    const clock = new ManualClock(1_000);
    const { store, bus } = memoryTier(new MemoryServer({ clock }), { clock });
    const read = store.readMany.bind(store);
    store.readMany = (addresses) => (addresses[0]!.key === 'probe' ? new Promise(() => {}) : read(addresses));
    const cache = createCache({ catalog: new Catalog([balances]), store, bus, clock });
    await cache.start();
    expect(cache.storeState()).toBe('up');
    await cache.close();
  });
});
