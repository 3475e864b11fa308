/** A process of its own with the built library. It says `up` and `down`, and reads what it is told to. */
import { Catalog, createCache, defineEntry } from '@chaincache/cache';
import { redisTier } from '@chaincache/cache/redis';

const redis = JSON.parse(process.argv[2]);
const entry = defineEntry()('reports', 'reports:{id}');
const { store, bus } = redisTier(redis);
const cache = createCache({ catalog: new Catalog([entry]), store, bus });
const tell = (message) => process.send?.(message);
let answer;

async function load() {
  tell({ loading: true });
  return new Promise((resolve) => {
    answer = resolve;
  });
}

process.on('disconnect', () => process.exit(0));
process.on('message', ({ read, source }) => {
  if (source !== undefined) answer(source);
  else
    void cache.manager.getOrSetResult(entry.ref({ id: read }), load).then(({ value, tier }) => tell({ value, tier }));
});

store.subscribe({ up: () => tell({ state: 'up' }), down: () => tell({ state: 'down' }) });
await cache.start();
