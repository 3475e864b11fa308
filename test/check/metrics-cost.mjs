/**
 * What recording a hit costs: nanoseconds of an L1 hit that nobody listens to, of one with CacheMetrics, of one with the
 * warmer's listeners besides, and of what these are told of a hit by itself, by how the keys are asked for. Prints a
 * table; fails when recording by the metrics costs more than a tenth of a hit. What the warmer hears comes on top of it, where
 * there is one.
 */
import { CacheMetrics, createCache, createWarmer, defineEntry } from '@chaincache/cache';

const HITS = 200_000;
const ROUNDS = 60;
const MOST = 0.1;

const STREAM = 65_536;

const entries = [
  defineEntry()('balances', 'tokens:{address}', { fresh: '1h', tags: ['wallet:{address}'] }),
  defineEntry()('orders', 'orders:{address}', { fresh: '1h', tags: ['wallet:{address}'] }),
];
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

const even = (keys, step) => Uint32Array.from({ length: STREAM }, (_none, at) => (at * step) % keys);
const workloads = [
  { name: 'one key', keys: 1, stream: even(1, 1) },
  { name: '200 keys, evenly', keys: 200, stream: even(200, 1) },
  { name: '20 000 keys, zipf 1', keys: 20_000, stream: zipf(20_000, STREAM) },
  { name: '20 000 keys, evenly', keys: 20_000, stream: even(20_000, 7) },
  { name: '200 keys of two entries in turn, evenly', keys: 200, stream: even(200, 1), inTurn: true },
];

const load = () => {
  throw new Error('not cached');
};

/** A cache that holds all of the keys, and who listens to it. */
async function prepared(refs, listen) {
  const cache = createCache({ l1MaxBytes: 256 * 1024 ** 2 });
  for (const ref of refs) await cache.manager.getOrSet(ref, () => ({ tokens: [ref.key] }));
  const end = listen(cache);
  return { cache, close: () => Promise.all([end(), cache.close()]) };
}

const nobody = () => () => undefined;
function metricsOf(cache) {
  const metrics = new CacheMetrics();
  return cache.events.add(metrics);
}
function metricsAndWarmer(cache) {
  const remove = metricsOf(cache);
  const warmer = createWarmer(cache);
  for (const entry of entries) warmer.keepHot(entry, () => load);
  return () => {
    remove();
    return warmer.stop();
  };
}

/** Nanoseconds of one hit, read through the cache. */
function hitNs({ cache: { manager } }, refs, stream) {
  const begin = performance.now();
  for (let at = 0; at < HITS; at += 1) void manager.getOrSet(refs[stream[at % STREAM]], load);
  return ((performance.now() - begin) / HITS) * 1e6;
}

/** Nanoseconds of what is told of one hit, without the hit. */
function toldNs({ cache: { events } }, refs, stream) {
  const begin = performance.now();
  for (let at = 0; at < HITS; at += 1) {
    const { entry, key } = refs[stream[at % STREAM]];
    events.hit(entry.name, key, 'L1', 5);
  }
  return ((performance.now() - begin) / HITS) * 1e6;
}

const best = (times) => Math.min(...times);
let failed = false;
console.log(
  'workload | L1 hit, ns | with metrics | and warmer | told to metrics | and warmer | share of a hit | and warmer',
);
for (const { name, keys, stream, inTurn = false } of workloads) {
  const refs = Array.from({ length: keys }, (_none, index) =>
    entries[inTurn ? index % 2 : 0].ref({ address: addressOf(index) }),
  );
  const caches = [
    await prepared(refs, nobody),
    await prepared(refs, metricsOf),
    await prepared(refs, metricsAndWarmer),
  ];
  const hits = caches.map(() => []);
  const told = caches.map(() => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [at, cache] of caches.entries()) {
      hits[at].push(hitNs(cache, refs, stream));
      told[at].push(toldNs(cache, refs, stream));
    }
  }
  const [plainNs, ...withNs] = hits.map(best);
  const [silenceNs, ...listenedNs] = told.map(best);
  const alone = listenedNs.map((ns) => ns - silenceNs);
  const shares = alone.map((ns) => ns / plainNs);
  const figures = [plainNs, ...withNs, ...alone].map((ns) => ns.toFixed(1));
  console.log(`${name} | ${[...figures, ...shares.map((share) => `${(share * 100).toFixed(1)} %`)].join(' | ')}`);
  if (shares[0] > MOST) failed = true;
  for (const cache of caches) await cache.close();
}
process.exitCode = failed ? 1 : 0;
