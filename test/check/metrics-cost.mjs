/**
 * What recording costs: nanoseconds of an L1 hit with and without CacheMetrics, and of the recording alone, by how the
 * keys are asked for. Prints a table; fails when recording costs more than a tenth of a hit where the hot keys are few
 * enough to be followed, which is what a cache is for.
 */
import { CacheMetrics, createCache, defineEntry } from '@chaincache/cache';

const HITS = 2_000_000;
const ROUNDS = 7;
const MOST = 0.1;

const entry = defineEntry()('balances', 'tokens:{address}', { fresh: '1h', tags: ['wallet:{address}'] });
const addressOf = (index) => `0x${(index * 2_654_435_761).toString(16).padStart(40, '0').slice(-40)}`;

function random(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Ranks of a zipf stream with exponent 1 over `keys`. */
function zipf(keys, length) {
  const cumulative = new Float64Array(keys);
  let sum = 0;
  for (let rank = 0; rank < keys; rank += 1) cumulative[rank] = sum += 1 / (rank + 1);
  const next = random(42);
  return Uint32Array.from({ length }, () => {
    const wanted = next() * sum;
    let low = 0;
    let high = keys - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulative[middle] < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  });
}

const workloads = [
  { name: 'one key', keys: 1, stream: new Uint32Array(65_536) },
  { name: '200 keys, evenly', keys: 200, stream: Uint32Array.from({ length: 65_536 }, (_none, at) => at % 200) },
  { name: '20 000 keys, zipf 1', keys: 20_000, stream: zipf(20_000, 65_536) },
  {
    name: '20 000 keys, evenly',
    keys: 20_000,
    stream: Uint32Array.from({ length: 65_536 }, (_none, at) => (at * 7) % 20_000),
  },
];

const best = (times) => Math.min(...times);
let failed = false;
console.log('workload | L1 hit, ns | with metrics, ns | recording alone, ns | share of a hit');
for (const { name, keys, stream } of workloads) {
  const cache = createCache({ l1MaxBytes: 256 * 1024 ** 2 });
  const refs = Array.from({ length: keys }, (_none, index) => entry.ref({ address: addressOf(index) }));
  for (const ref of refs) await cache.manager.getOrSet(ref, () => ({ tokens: [ref.key] }));
  const load = () => {
    throw new Error('not cached');
  };
  const metrics = new CacheMetrics();
  const hits = () => {
    const begin = performance.now();
    for (let at = 0; at < HITS; at += 1) void cache.manager.getOrSet(refs[stream[at & 65_535]], load);
    return ((performance.now() - begin) / HITS) * 1e6;
  };
  const recorded = () => {
    const begin = performance.now();
    for (let at = 0; at < HITS; at += 1) metrics.hit('balances', refs[stream[at & 65_535]].key, 'L1', 5);
    return ((performance.now() - begin) / HITS) * 1e6;
  };
  const nothing = () => {
    const begin = performance.now();
    let length = 0;
    for (let at = 0; at < HITS; at += 1) length += refs[stream[at & 65_535]].key.length;
    return ((performance.now() - begin) / HITS) * 1e6 + (length === 0 ? 1 : 0);
  };
  const plain = [];
  const measured = [];
  const alone = [];
  const loops = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    plain.push(hits());
    const remove = cache.events.add(metrics);
    measured.push(hits());
    remove();
    alone.push(recorded());
    loops.push(nothing());
  }
  const cost = best(alone) - best(loops);
  const share = cost / best(plain);
  const figures = [best(plain), best(measured), cost].map((ns) => ns.toFixed(1));
  console.log(`${name} | ${figures.join(' | ')} | ${(share * 100).toFixed(1)} %`);
  if (keys <= 200 && share > MOST) failed = true;
  await cache.close();
}
process.exitCode = failed ? 1 : 0;
