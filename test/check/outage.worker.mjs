/** One instance under load, while `outage.mjs` takes its Redis away. Notes everything, judges nothing. */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Catalog, createCache, defineEntry } from '@chaincache/cache';
import { redisTier } from '@chaincache/cache/redis';
import { inUse, monotonicMs, obey, tellUnhandled, workerOptions } from './workers.mjs';

tellUnhandled();
const { redisUrl, hotKeys, stalenessMs, loaderMs, readsPerSecond, coldEveryMs } = workerOptions();
const TICK_MS = 10;
const BODY = 'x'.repeat(1_000);

const hot = defineEntry()('hot', 'hot:{id}', { staleness: stalenessMs, tags: ['group:{id}'] });
const cold = defineEntry()('cold', 'cold:{id}', { staleness: stalenessMs });
const tier = redisTier({ url: redisUrl });
const cache = createCache({ catalog: new Catalog([hot, cold]), store: tier.store, bus: tier.bus });

const notes = { reads: [], loads: [], states: [], failures: [] };
const lastLoads = new Map();
/** An L1 hit is told before the call returns; who waited for somebody's load is told later. */
let hitAtOnce = false;
cache.events.add({
  hit: () => {
    hitAtOnce = true;
  },
  storeState: (state) => notes.states.push({ atMs: monotonicMs(), state }),
});
await cache.start();

async function load({ key }) {
  const beganMs = monotonicMs();
  if (key.startsWith('hot:')) notes.loads.push(beganMs);
  await sleep(loaderMs);
  lastLoads.set(key, { beganMs, endedMs: monotonicMs() });
  return { key, body: BODY };
}

/** How much of a read's time was the loader's own. */
function loadPartMs(key, beganMs, endedMs) {
  const last = lastLoads.get(key);
  if (last === undefined) return 0;
  return Math.max(0, Math.min(endedMs, last.endedMs) - Math.max(beganMs, last.beganMs));
}

async function read(ref) {
  const beganMs = monotonicMs();
  hitAtOnce = false;
  const answer = cache.manager.getOrSetResult(ref, load);
  const kind = hitAtOnce ? 'L1' : 'waited';
  const atOnceMs = monotonicMs() - beganMs;
  try {
    const { value, tier: from } = await answer;
    const endedMs = monotonicMs();
    if (value.key !== ref.key) throw new Error(`${ref.key} was answered with ${value.key}`);
    const waitedMs = kind === 'L1' ? atOnceMs : endedMs - beganMs;
    const overMs = Math.max(0, waitedMs - loadPartMs(ref.key, beganMs, endedMs));
    notes.reads.push([beganMs, waitedMs, overMs, kind, ref.entry.name, from]);
  } catch (error) {
    notes.failures.push(String(error));
  }
}

const state = { running: true };
let owed = 0;

/** Reads come at their own pace, whether or not earlier ones were answered. */
async function hotReads() {
  let lastMs = performance.now();
  while (state.running) {
    await sleep(TICK_MS);
    const nowMs = performance.now();
    owed += ((nowMs - lastMs) * readsPerSecond) / 1_000;
    lastMs = nowMs;
    for (; owed >= 1; owed -= 1) void read(hot.ref({ id: String(Math.floor(Math.random() * hotKeys)) }));
  }
}

/** All instances ask for the same new key at about the same time, so that one loads and the others wait for it. */
async function coldReads() {
  while (state.running) {
    await sleep(coldEveryMs - (monotonicMs() % coldEveryMs));
    void read(cold.ref({ id: String(Math.round(monotonicMs() / coldEveryMs)) }));
  }
}

obey({
  async warm() {
    await inUse(tier, cache);
    for (let id = 0; id < hotKeys; id += 1) await read(hot.ref({ id: String(id) }));
  },
  begin() {
    void hotReads();
    void coldReads();
  },
  async finish() {
    state.running = false;
    await sleep(1_000);
    return notes;
  },
  stop: () => cache.close(),
});
