/**
 * What a life by the wallet saves against a fixed one: `npm run check:smart-ttl`. Simulates days of reads of wallets that
 * change as told below, with the very functions that the loader uses, and prints the table of docs/decisions/smart-ttl.md
 * (`--write` puts it there). Ends with 1 where the smart life is stale more often, by more than
 * 3 %, than a fixed one with as many calls. Repeatable.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { changeRate, freshMsOf, USUAL_FRESH_MS, withObservation } from '../../dist/tokens/smart-ttl.js';

const DECISION = new URL('../../docs/decisions/smart-ttl.md', import.meta.url);
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WALLETS = 200;
const LENGTH = 3 * DAY;

/** Mulberry32: small, fast, and the same everywhere. */
function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const exponential = (random, meanMs) => -Math.log(1 - random()) * meanMs;

/** Times of changes with the given gaps, from a random moment of the first one on. */
function timesOf(random, gap) {
  const times = [];
  for (let time = gap() * random(); time < LENGTH; time += gap()) times.push(time);
  return times;
}

const poisson = (meanMs) => (random) => timesOf(random, () => exponential(random, meanMs));

/** Sessions of trading with long silence between them. */
function sessions(random) {
  const times = [];
  let time = exponential(random, 4 * HOUR);
  while (time < LENGTH) {
    const end = time + exponential(random, 20 * MINUTE);
    for (; time < end && time < LENGTH; time += exponential(random, 40 * SECOND)) times.push(time);
    time += exponential(random, 6 * HOUR);
  }
  return times;
}

/**
 * As transfers of ERC-20 wallets are: how active wallets are differs by orders of magnitude (a lognormal distribution),
 * and the gaps of each have a heavy tail (Pareto, exponent 1.3, cut at a week).
 */
function transferLike(random) {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const shortest = 20 * MINUTE * Math.exp(1.6 * normal);
  return timesOf(random, () => Math.min(7 * DAY, shortest * (1 - random()) ** (-1 / 1.3)));
}

/** From one change a minute to one a month, evenly on a logarithmic scale. */
const anyRate = (random) => poisson(MINUTE * 43_200 ** random())(random);

const SERIES = [
  ['Poisson, one change a minute to one a month', anyRate],
  ['Poisson, one change in 20 min', poisson(20 * MINUTE)],
  ['sessions of trading, long silence', sessions],
  ['transfer-like: lognormal wallets, Pareto gaps', transferLike],
  [
    'one in ten changes each 2 min, the rest once in 2 days',
    (random) => poisson(random() < 0.1 ? 2 * MINUTE : 2 * DAY)(random),
  ],
  ['never changes', () => []],
];

/** Somebody looks at the wallet each 30 s on average, for an hour now and then. */
function readsOf(random) {
  const times = [];
  for (let time = exponential(random, 2 * HOUR); time < LENGTH; time += exponential(random, 3 * HOUR)) {
    const end = Math.min(LENGTH, time + HOUR);
    for (; time < end; time += exponential(random, 30 * SECOND)) times.push(time);
  }
  return times;
}

/** @param lifeOf the life of a value loaded now, given the observations so far */
function run(wallets, lifeOf) {
  const total = { calls: 0, reads: 0, stale: 0, staleMs: 0 };
  for (const { changes, reads } of wallets) {
    let observations = [];
    let loadedAt = -Infinity;
    let freshUntil = -Infinity;
    let seen = 0;
    let now = 0;
    for (const time of reads) {
      while (now < changes.length && changes[now] <= time) now += 1;
      if (time >= freshUntil) {
        if (loadedAt >= 0) {
          const observation = { atMs: time, elapsedMs: time - loadedAt, changed: now !== seen };
          observations = withObservation(observations, observation);
        }
        total.calls += 1;
        loadedAt = time;
        seen = now;
        freshUntil = time + lifeOf(observations, time);
      }
      total.reads += 1;
      if (now === seen) continue;
      total.stale += 1;
      total.staleMs += time - changes[seen];
    }
  }
  return { calls: total.calls, stale: total.stale / total.reads, lateMs: total.staleMs / total.reads };
}

const smart = (observations, nowMs) =>
  observations.length === 0 ? USUAL_FRESH_MS : freshMsOf(changeRate(observations, nowMs));

/** The fixed life at which a figure is the same as the smart one's; Infinity where none is as good. */
function fixedAt(wallets, figure, wanted, rises) {
  let [low, high] = [1 * SECOND, 4 * HOUR];
  for (let step = 0; step < 16; step += 1) {
    const middle = Math.sqrt(low * high);
    const above = figure(run(wallets, () => middle)) > wanted;
    if (above === rises) high = middle;
    else low = middle;
  }
  return Math.sqrt(low * high);
}

const percent = (share) => `${(100 * share).toFixed(2)} %`;
const change = (value, base) =>
  base === 0 ? '–' : `${value >= base ? '+' : '−'}${Math.abs((100 * (value - base)) / base).toFixed(0)} %`;

const rows = [];
let worse = 0;
for (const [index, [name, changesOf]] of SERIES.entries()) {
  const random = randomFrom(7 + index);
  const wallets = Array.from({ length: WALLETS }, () => ({ changes: changesOf(random), reads: readsOf(random) }));
  const fixed = run(wallets, () => USUAL_FRESH_MS);
  const bySmart = run(wallets, smart);
  const equalLife = fixedAt(wallets, ({ calls }) => calls, bySmart.calls, false);
  const sameCalls = run(wallets, () => equalLife);
  let atEqual = '–';
  if (bySmart.stale > 0) {
    const life = fixedAt(wallets, ({ stale }) => stale, bySmart.stale, true);
    atEqual = change(bySmart.calls, run(wallets, () => life).calls);
  }
  // Where all wallets change alike there is nothing to learn, and what learning costs must be small.
  const isNoWorse = bySmart.stale <= sameCalls.stale * 1.03 + 1e-9;
  if (!isNoWorse) worse += 1;
  rows.push(
    `| ${String(name)} | ${fixed.calls} | ${bySmart.calls} (${change(bySmart.calls, fixed.calls)}) | ${percent(fixed.stale)} | ` +
      `${percent(bySmart.stale)} | ${percent(sameCalls.stale)} | ${atEqual} |`,
  );
}

const table = [
  '| series | calls, 300 s | calls, smart | stale reads, 300 s | stale, smart | stale, fixed life with as many calls | calls at equal staleness |',
  '| --- | --- | --- | --- | --- | --- | --- |',
  ...rows,
].join('\n');
process.stdout.write(`${table}\n`);
if (process.argv.includes('--write')) {
  const text = readFileSync(DECISION, 'utf8');
  const [before, after] = [text.split('<!-- table -->')[0], text.split('<!-- /table -->')[1]];
  writeFileSync(DECISION, `${before}<!-- table -->\n\n${table}\n\n<!-- /table -->${after}`);
}
process.exitCode = worse === 0 ? 0 : 1;
