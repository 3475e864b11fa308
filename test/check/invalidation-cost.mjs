/**
 * What it costs to invalidate a tag or a prefix that many entries depend on: `npm run check:invalidation-cost`. A hundred
 * or a million entries must take the same time, within a factor of 2, and less than a millisecond.
 */
import { Redis } from 'ioredis';
import { Catalog, createCache, defineEntry } from '@chaincache/cache';
import { redisTier } from '@chaincache/cache/redis';
import { startRedis } from '../../tools/test-services.mjs';
import { inUse, median, monotonicMs, quantile, round } from './workers.mjs';

const SIZES = [100, 10_000, 1_000_000];
const ROUNDS = 101;
const LIMIT_MS = 1;
const FLATNESS = 2;
/** On a machine that is busy with other things a series may be bad through no fault of the cache. */
const SERIES = 3;

/** Writes the envelope of one entry under many keys: all of them carry the same tags, so its stamp is right for each. */
const COPY = `
local envelope = redis.call('GET', KEYS[1])
for id = ARGV[2], ARGV[3] do redis.call('SET', ARGV[1] .. string.format('%.0f', id), envelope, 'PX', ARGV[4]) end
`;
const COPIED_AT_ONCE = 5_000;
const LIFE_MS = 3_600_000;

const redis = await startRedis();
const admin = new Redis(redis.url);
const tier = redisTier({ url: redis.url });
const groups = SIZES.map((size) => {
  const name = `of${size}`;
  const entry = defineEntry()(name, `${name}:{id}`, { fresh: LIFE_MS, tags: [`all-${name}`], jitter: 0 });
  return { size, entry, tag: `all-${name}`, prefix: `${name}:` };
});
const cache = createCache({
  catalog: new Catalog(groups.map(({ entry }) => entry)),
  store: tier.store,
  bus: tier.bus,
});
await cache.start();
await inUse(tier, cache);

/** Fills a group with entries that the library takes for its own. */
async function fill({ size, entry, prefix }) {
  const body = { text: 'x'.repeat(64) };
  await cache.manager.getOrSet(entry.ref({ id: '1' }), () => body);
  for (let id = 1; id <= size; id += COPIED_AT_ONCE) {
    const last = Math.min(size, id + COPIED_AT_ONCE - 1);
    await admin.eval(COPY, 1, `${prefix}1`, prefix, id, last, LIFE_MS);
  }
}

const sample = ({ size, entry }) => entry.ref({ id: String(1 + Math.floor(Math.random() * size)) });
const isCached = async (group) => (await cache.manager.get(sample(group), { mode: 'L2' })) !== undefined;

/** Takes the time of one invalidation, sees that it worked, and puts the version back: then all entries are valid again. */
async function once(group, what) {
  const versionKey = `_v:${what === 'tag' ? group.tag : group.prefix}`;
  const version = await admin.getBuffer(versionKey);
  if (!(await isCached(group))) throw new Error(`${group.size} entries were to be there, and one is not`);
  const beganMs = monotonicMs();
  const outcome = await (what === 'tag'
    ? cache.invalidator.invalidateByTag(group.tag)
    : cache.invalidator.invalidateByPattern(`${group.prefix}*`));
  const tookMs = monotonicMs() - beganMs;
  if (outcome.status !== 'applied' || (await isCached(group))) throw new Error(`the ${what} was not invalidated`);
  await admin.set(versionKey, version, 'PX', LIFE_MS);
  return tookMs;
}

/** The sizes take turns, so that whatever else this machine does concerns all of them alike. */
async function series(what) {
  const times = groups.map(() => []);
  for (let turn = 0; turn < ROUNDS; turn += 1) {
    for (const [index, group] of groups.entries()) times[index].push(await once(group, what));
  }
  return times;
}

try {
  for (const group of groups) await fill(group);
  for (const what of ['tag', 'prefix']) {
    await series(what); // Once for nothing: until code is compiled it is slow.
    let violations;
    for (let tries = 1; tries <= SERIES; tries += 1) {
      const times = await series(what);
      const medians = times.map(median);
      violations = [
        ...(Math.max(...medians) < LIMIT_MS ? [] : [`a median is not below ${LIMIT_MS} ms`]),
        ...(Math.max(...medians) <= FLATNESS * Math.min(...medians) ? [] : ['it depends on the number of entries']),
      ];
      if (violations.length > 0 && tries < SERIES) continue;
      const line = {
        invalidated: what,
        keysInRedis: await admin.dbsize(),
        medianMs: Object.fromEntries(groups.map(({ size }, index) => [size, round(medians[index])])),
        p90Ms: Object.fromEntries(groups.map(({ size }, index) => [size, round(quantile(times[index], 0.9))])),
        tries,
        violations,
      };
      process.stdout.write(`${JSON.stringify(line)}\n`);
      break;
    }
    if (violations.length > 0) process.exitCode = 1;
  }
} finally {
  await cache.close();
  admin.disconnect();
  await redis.stop();
}
