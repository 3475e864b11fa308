/**
 * Hit ratios of the first tier beside those of other policies, on seeded workloads: `npm run check:hit-ratio`.
 * Fails when it is more than half a percentage point below LRU anywhere.
 */
import { L1Store } from '../dist/src/l1/l1.store.js';
import { Stored } from '../dist/src/l1/stored.js';

class Empty extends Stored {}
import { Arc, Lru, optimalHits, S3Fifo, Sieve, TinyLfu } from './l1-references.mjs';
import { sizeOf, workloads } from './l1-workloads.mjs';

const CAPACITIES = [1_000, 4_000];
const TOLERANCE = 0.005;
const keyOf = (number) => `k${String(number).padStart(8, '0')}`;

/** What a record of no bytes is counted as, so that capacities can be said in entries. */
const emptyBytes = (() => {
  const store = new L1Store({ maxBytes: 100_000 });
  store.set(new Empty(keyOf(0)), 0);
  return store.bytes;
})();

class Ours {
  #store;

  constructor(capacity, unit = emptyBytes) {
    this.#store = new L1Store({ maxBytes: capacity * unit });
  }

  request(number, size = emptyBytes) {
    const key = keyOf(number);
    if (this.#store.get(key) !== undefined) return true;
    this.#store.set(new Empty(key), size - emptyBytes);
    return false;
  }
}

function ratioOf(policy, requests, sizes) {
  let hits = 0;
  for (const key of requests)
    if (sizes === undefined ? policy.request(key) : policy.request(key, sizes(key))) hits += 1;
  return hits / requests.length;
}

const percent = (ratio) => (100 * ratio).toFixed(2).padStart(7);
const line = (name, cells) => console.log(`| ${name.padEnd(20)} | ${cells.join(' | ')} |`);
let failures = 0;

for (const capacity of CAPACITIES) {
  console.log(`\n${capacity} entries of equal size, hit ratio in percent\n`);
  line('workload', ['   ours', '    LRU', '  SIEVE', 'S3-FIFO', '    ARC', 'TinyLFU', '    MIN', 'ours/MIN']);
  line('---', ['--:', '--:', '--:', '--:', '--:', '--:', '--:', '--:']);
  for (const [name, make] of Object.entries(workloads)) {
    const requests = make();
    const ours = ratioOf(new Ours(capacity), requests);
    const lru = ratioOf(new Lru(capacity), requests);
    const others = [Sieve, S3Fifo, Arc, TinyLfu].map((Policy) => ratioOf(new Policy(capacity), requests));
    const best = optimalHits(requests, capacity) / requests.length;
    line(name, [...[ours, lru, ...others, best].map(percent), `${percent(ours / best)} `]);
    if (ours < lru - TOLERANCE) failures += 1;
  }
}

const BYTES = 2_000_000;
console.log(`\n${BYTES} bytes, records of different sizes\n`);
line('workload', ['   ours', '    LRU']);
line('---', ['--:', '--:']);
for (const [name, make] of Object.entries(workloads)) {
  const requests = make();
  const sizes = (key) => sizeOf(key) + emptyBytes;
  const ours = ratioOf(new Ours(BYTES, 1), requests, sizes);
  const lru = ratioOf(new Lru(BYTES), requests, sizes);
  line(name, [ours, lru].map(percent));
  if (ours < lru - TOLERANCE) failures += 1;
}

if (failures > 0) console.error(`\n${failures} workloads more than ${100 * TOLERANCE} percentage points below LRU`);
process.exitCode = failures > 0 ? 1 : 0;
