/**
 * What ten million keys that are each read once or twice leave behind in memory: in the metrics, with an hour of windows
 * full, and in what the warmer follows. Prints a table; fails when either keeps more than its bound.
 */
import { CacheMetrics, createCache, createWarmer, defineEntry } from '@chaincache/cache';
import { ManualClock } from '@chaincache/cache/testing';

const KEYS = 10_000_000;
const MIB = 1024 ** 2;
/** Both sketches, the windows of an hour, and what they are made of. */
const MOST_METRICS_BYTES = 8 * MIB;
const MOST_WARMER_BYTES = 8 * MIB;
const HOUR_MS = 3_600_000;
const STEPS = 800;

const entry = defineEntry()('balances', 'tokens:{address}', { fresh: '5m', tags: ['wallet:{address}'] });
const keyOf = (index) => `tokens:0x${Math.imul(index, 0x9e3779b1).toString(16).padStart(40, '0').slice(-40)}`;

/** What is held once everything that can go has gone: buffers go a turn after their owners. */
async function heldBytes() {
  for (let round = 0; round < 3; round += 1) {
    globalThis.gc();
    await new Promise(setImmediate);
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Ten million keys over an hour: as many misses, then as many hits, with the times that reads have. */
async function readAll(told, clock) {
  for (let step = 0; step < STEPS; step += 1) {
    for (let index = (KEYS / STEPS) * step; index < (KEYS / STEPS) * (step + 1); index += 1) {
      const key = keyOf(index);
      told.miss?.(entry.name, key);
      told.hit?.(entry.name, key, index % 3 === 0 ? 'L2' : 'L1', 5);
      if (index % 64 === 0) {
        told.answered?.(entry.name, 'L1', 0.001 + Math.random() * 0.004, 64);
        told.answered?.(entry.name, 'L2', 0.2 + Math.random() * 2, 1);
        told.answered?.(entry.name, 'MISS', 5 + Math.random() * 200, 1);
      }
    }
    await clock.advance(HOUR_MS / STEPS);
  }
}

async function grown(listen) {
  const clock = new ManualClock();
  const cache = createCache({ clock });
  const before = await heldBytes();
  const kept = listen(cache, clock);
  await readAll(cache.events, clock);
  const bytes = (await heldBytes()) - before;
  kept.check();
  await kept.stop();
  await cache.close();
  return bytes;
}

const ofMetrics = await grown((cache, clock) => {
  const metrics = CacheMetrics.of(cache, { clock });
  return {
    stop: () => metrics.stop(),
    check: () => {
      const { hits, misses, topHitKeys } = metrics.getStats();
      if (hits !== KEYS || misses !== KEYS || topHitKeys.length !== 20)
        throw new Error(`${hits} hits, ${misses} misses`);
    },
  };
});
const ofWarmer = await grown((cache, clock) => {
  const warmer = createWarmer(cache, { clock });
  warmer.keepHot(entry, () => () => ({}));
  return {
    stop: () => warmer.stop(),
    check: () => {
      const { followedKeys } = warmer.stats();
      if (followedKeys === 0 || followedKeys > 10_000) throw new Error(`it follows ${followedKeys} keys`);
    },
  };
});

console.log('10 000 000 keys | kept, MiB | at most');
for (const [name, bytes, most] of [
  ['metrics', ofMetrics, MOST_METRICS_BYTES],
  ['warmer', ofWarmer, MOST_WARMER_BYTES],
]) {
  console.log(`${name} | ${(bytes / MIB).toFixed(2)} | ${most / MIB}`);
  if (bytes > most) process.exitCode = 1;
}
