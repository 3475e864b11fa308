import { CacheMetrics } from './cache-metrics.js';
import { defineEntry, type CatalogEntry } from './catalog.js';
import { createCache, type Cache } from './create-cache.js';

const DEFINITIONS = 5_000;

let cache: Cache;
let metrics: CacheMetrics;

beforeEach(() => {
  cache = createCache();
  metrics = CacheMetrics.of(cache);
});
afterEach(async () => {
  metrics.stop();
  await cache.close();
});

async function loadAndHit(entry: CatalogEntry<number, { readonly id: string }>, id: number): Promise<void> {
  const ref = entry.ref({ id: String(id) });
  await cache.manager.getOrSet(ref, async () => id);
  expect(await cache.manager.getOrSet(ref, async () => -1)).toBe(id);
}

function countedHits(): number {
  return metrics.getStats().tiers.L1.count;
}

describe('a program that defines entries as it goes', () => {
  it('has the same ones counted together, every hit of them', async () => {
    for (let id = 0; id < DEFINITIONS; id += 1) {
      await loadAndHit(defineEntry<number>()('user', 'user:{id}', { grace: '1m' }), id);
      if (id % 1_000 === 0) metrics.getStats();
    }
    expect(cache.events.l1Counts).toEqual([expect.objectContaining({ name: 'user', hits: DEFINITIONS })]);
    expect(countedHits()).toBe(DEFINITIONS);
  });

  it('has those of the most names counted together, every hit of them', async () => {
    for (let id = 0; id < DEFINITIONS; id += 1) {
      await loadAndHit(defineEntry<number>()(`user ${id}`, `user${id}:{id}`), id);
      if (id % 1_000 === 0) metrics.getStats();
    }
    expect(cache.events.l1Counts.length).toBeLessThan(DEFINITIONS / 4);
    expect(countedHits()).toBe(DEFINITIONS);
  });

  it('has each value live as its own definition says', async () => {
    const short = defineEntry<number>()('user', 'user:{id}');
    const long = defineEntry<number>()('user', 'user:{id}', { grace: '1m' });
    await loadAndHit(short, 1);
    await loadAndHit(long, 2);
    expect(cache.events.l1Counts.map(({ hits }) => hits)).toEqual([1, 1]);
  });
});
