/**
 * What the first tier believes a decoded value to weigh, beside what the heap says: `npm run check:value-size`. Each shape
 * is measured in a process of its own. Fails when an estimate is more than a quarter off.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { freezeDeep } from '../dist/src/encoding/json-value.js';
import { ENTRY_OVERHEAD_BYTES, L1Store } from '../dist/src/l1/l1.store.js';
import { L1Family } from '../dist/src/read/l1-family.js';
import { L1Record } from '../dist/src/read/l1-record.js';

const VALUES = 10_000;
const TOLERANCE = 0.25;
const ENTRIES = [60_000, 70_000, 100_000, 130_000];

const hex = (seed, length) => {
  let digits = '';
  for (let part = seed; digits.length < length; part += 31) {
    digits += (Math.imul(part, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0');
  }
  return digits.slice(0, length);
};
const list = (length, make) => Array.from({ length }, (_, at) => make(at));

const token = (at) => ({
  chainId: [1, 137, 8453, 42161][at % 4],
  tokenAddress: `0x${hex(at, 40)}`,
  name: `Token number ${at}`,
  symbol: `TK${at % 50}`,
  decimals: 18,
  balance: String(123456789012345678n * BigInt(at + 1)),
  priceUsd: at % 5 === 0 ? null : 1.2345 * (at + 1),
  logo: `https://assets.example.org/tokens/${at}.png`,
  spam: at % 7 === 0,
});

const shapes = {
  credits: (at) => ({ wallet: `0x${hex(at, 40)}`, credits: at * 3, updatedAt: 1_700_000_000_000 + at }),
  'miner stats': (at) => ({
    wallet: `r3mes1${hex(at, 38)}`,
    hashrate: at * 1.37,
    earnings: { day: at * 0.1 },
    online: true,
  }),
  'token list': (at) => ({
    address: `0x${hex(at, 40)}`,
    tokens: list(10, (of) => token(at * 10 + of)),
    totalUsd: at * 1.5,
  }),
  blocks: (at) =>
    list(10, (of) => ({ height: at + of, hash: hex(at * 10 + of, 64), time: `2026-11-20T13:00:0${of}Z` })),
  'time series': (at) => list(20, (of) => ({ t: 1_700_000_000_000 + of * 60_000 + at, value: at + of * 0.5 })),
  'decimal numbers': (at) => ({ hashrate: list(60, (of) => (at + of) * 1.01) }),
  'small integers': (at) => list(60, (of) => at + of),
  'short strings': (at) => [`a${at}`, `b${at}`, `c${at}`, at],
  'long text': (at) => ({ body: hex(at, 1_000) }),
  'wide text': (at) => ({ name: '代币'.repeat(30) + at, note: `описание токена номер ${at}` }),
  'deep nesting': (at) => ({ a: { b: { c: { d: [[at], [at + 1], { e: at + 0.5 }] } } } }),
  '8 by address': (at) => Object.fromEntries(list(8, (of) => [`0x${hex(at * 8 + of, 40)}`, of])),
  '150 by address': (at) => Object.fromEntries(list(150, (of) => [`0x${hex(at * 150 + of, 40)}`, of])),
};

function heapBytes() {
  for (let times = 0; times < 6; times += 1) globalThis.gc();
  return process.memoryUsage().heapUsed;
}

function measureShape(name) {
  const texts = list(VALUES / (name.startsWith('150') ? 5 : 1), (at) => JSON.stringify(shapes[name](at)));
  const kept = texts.map(() => null);
  // Once for nothing: shapes, feedback and interned names are not the value's own.
  for (const text of texts) kept[0] = freezeDeep(JSON.parse(text));
  const before = heapBytes();
  let estimate = 0;
  texts.forEach((text, at) => {
    kept[at] = JSON.parse(text);
    estimate += freezeDeep(kept[at]);
  });
  const real = heapBytes() - before;
  return { real: real / kept.length, estimate: estimate / kept.length };
}

/**
 * What the container needs for each entry, beside its key and what its record holds, when it is full and everything in it was
 * replaced: before, nothing depends on what it believes.
 */
function measureEntries(held) {
  const count = 3 * held;
  const keys = list(count, (at) => Buffer.from(`tokens:0x${hex(at, 40)}`).toString('latin1'));
  const bodies = list(count, (at) => Buffer.alloc(1_024, 65 + (at % 26)).toString('latin1'));
  const before = heapBytes() + process.memoryUsage().arrayBuffers;
  const store = new L1Store({ maxBytes: held * (1_040 + 16 + keys[0].length + ENTRY_OVERHEAD_BYTES) });
  const family = new L1Family({ name: 'balances' }, { stalenessMs: 5_000, graceMs: 0 });
  keys.forEach((key, at) => {
    const record = new L1Record(key, family);
    record.text = bodies[at];
    store.set(record, 1_040);
  });
  const real = heapBytes() + process.memoryUsage().arrayBuffers - before;
  const estimate = store.bytes - store.entries * (1_040 + 16 + keys[0].length);
  return { real: real / store.entries, estimate: estimate / store.entries };
}

const [what, argument] = process.argv.slice(2);
if (what === 'shape') {
  console.log(JSON.stringify(measureShape(argument)));
} else if (what === 'entries') {
  console.log(JSON.stringify(measureEntries(Number(argument))));
} else {
  const script = fileURLToPath(import.meta.url);
  const measured = (...args) =>
    JSON.parse(execFileSync(process.execPath, ['--expose-gc', script, ...args], { encoding: 'utf8' }));
  console.log('| heap bytes           |    real | estimate | ratio |\n| --- | --: | --: | --: |');
  const line = (name, { real, estimate }) => {
    const ratio = estimate / real;
    if (Math.abs(ratio - 1) > TOLERANCE) process.exitCode = 1;
    console.log(
      `| ${name.padEnd(20)} | ${real.toFixed(0).padStart(7)} | ${estimate.toFixed(0).padStart(8)} |  ${ratio.toFixed(2)} |`,
    );
  };
  for (const name of Object.keys(shapes)) line(name, measured('shape', name));
  for (const count of ENTRIES) line(`entry, of ${count}`, measured('entries', String(count)));
}
