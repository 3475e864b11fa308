/**
 * What recording a hit costs: nanoseconds of an L1 hit that nobody listens to, of one with CacheMetrics, and of one with
 * the warmer's listeners besides, by how the keys are asked for. A hit is what its caller sees: asked for, and awaited.
 * That of a caller who does not wait stands beside it. Rounds are taken in turn, and a share is the median of those of
 * each round, by processor time, so that what else a machine does matters little. Prints a table; fails when recording by the
 * metrics costs more than a tenth of a hit.
 *
 * Up to 10 000 hits a second of an entry are told one by one, so that few of them are exact too. The last line has what
 * that costs; it is not judged, for it is less than a millisecond of processor time in a second.
 */
import { CacheMetrics, createCache, createWarmer, defineEntry, systemClock } from '@chaincache/cache';

const HITS = 100_000;
const ROUNDS = 61;
/** Before V8 has compiled what is used most, for the last time. */
const WARM_UP_ROUNDS = 10;
const MOST = 0.1;

const STREAM = 65_536;
/** As many hits in as much time as are told one by one, with some to spare. */
const TOLD = { hits: 40_000, periodMs: 5_000 };

const entries = [
  defineEntry()('balances', 'tokens:{address}', { fresh: '24h', tags: ['wallet:{address}'] }),
  defineEntry()('orders', 'orders:{address}', { fresh: '24h', tags: ['wallet:{address}'] }),
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
  { name: '200 keys, evenly, each hit told', keys: 200, stream: even(200, 1), isSlow: true },
];

const load = () => {
  throw new Error('not cached');
};

/** The time as it would be if hits were seldom. */
let idleMs = 0;
const clock = { ...systemClock, now: () => systemClock.now() + idleMs };

/** A cache that holds all of the keys. */
async function prepared(refs) {
  const cache = createCache({ l1MaxBytes: 256 * 1024 ** 2, clock });
  for (const ref of refs) await cache.manager.getOrSet(ref, () => ({ tokens: [ref.key] }));
  return cache;
}

/** Who listens to the cache; each gives how that ends. */
function metricsOf(cache) {
  const metrics = new CacheMetrics();
  return cache.events.add(metrics);
}
function warmerOf(cache) {
  const warmer = createWarmer(cache);
  for (const entry of entries) warmer.keepHot(entry, () => load);
  return () => warmer.stop();
}
const audiences = [[], [metricsOf], [metricsOf, warmerOf]];

/** Nanoseconds of processor time that one of so many takes. */
async function costNs(work) {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return ((user + system) / HITS) * 1_000;
}

const awaited = ({ manager }, refs, stream, idle) =>
  costNs(async () => {
    for (let at = 0; at < HITS; at += 1) {
      if (at % TOLD.hits === 0) idleMs += idle;
      await manager.getOrSet(refs[stream[at % STREAM]], load);
    }
  });

const notAwaited = ({ manager }, refs, stream, idle) =>
  costNs(() => {
    for (let at = 0; at < HITS; at += 1) {
      if (at % TOLD.hits === 0) idleMs += idle;
      void manager.getOrSet(refs[stream[at % STREAM]], load);
    }
  });

const median = (numbers) => numbers.toSorted((one, other) => one - other)[numbers.length >> 1];

/**
 * What a hit costs before each audience, and what part of its cost without one that is more. It is one and the same cache
 * that they listen to in turn: of two, one lies better in memory.
 */
async function measure(cache, hit, refs, stream, idle) {
  const costs = audiences.map(() => []);
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
    // Each goes first as often as the others.
    for (let turn = 0; turn < audiences.length; turn += 1) {
      const at = (turn + round + WARM_UP_ROUNDS) % audiences.length;
      const listeners = audiences[at].map((listen) => listen(cache));
      const ns = await hit(cache, refs, stream, idle);
      for (const end of listeners) await end();
      if (round >= 0) costs[at].push(ns);
    }
  }
  const [plain, ...heard] = costs;
  return { costs: costs.map(median), shares: heard.map((ns) => median(ns.map((one, at) => one / plain[at] - 1))) };
}

const percent = (share) => `${(share * 100).toFixed(1)} %`;
let failed = false;
console.log(
  'workload | L1 hit, ns | with metrics | and warmer | share | and warmer | not awaited, ns | share | and warmer',
);
for (const { name, keys, stream, inTurn = false, isSlow = false } of workloads) {
  const refs = Array.from({ length: keys }, (_none, index) =>
    entries[inTurn ? index % 2 : 0].ref({ address: addressOf(index) }),
  );
  const cache = await prepared(refs);
  const idle = isSlow ? TOLD.periodMs : 0;
  const waited = await measure(cache, awaited, refs, stream, idle);
  const left = await measure(cache, notAwaited, refs, stream, idle);
  const figures = [...waited.costs.map((ns) => ns.toFixed(1)), ...waited.shares.map(percent)];
  console.log([name, ...figures, left.costs[0].toFixed(1), ...left.shares.map(percent)].join(' | '));
  if (!isSlow && waited.shares[0] > MOST) failed = true;
  await cache.close();
}
process.exitCode = failed ? 1 : 0;
