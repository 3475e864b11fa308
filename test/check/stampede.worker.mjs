/** One process of the fleet that `stampede.mjs` sets on a cold key. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Catalog, createCache, defineEntry } from '@chaincache/cache';
import { redisTier } from '@chaincache/cache/redis';
import { inUse, monotonicMs, obey, tellUnhandled, until, workerOptions } from './workers.mjs';

tellUnhandled();
const { redisUrl, loaderMs } = workerOptions();
const entry = defineEntry()('report', 'report:{id}', { tags: ['reports'] });
const tier = redisTier({ url: redisUrl });
const cache = createCache({ catalog: new Catalog([entry]), store: tier.store, bus: tier.bus });
await cache.start();
await inUse(tier, cache);

class SourceError extends Error {}

/** Many callers at one moment. `ask` gives each one's answer. */
async function crowd({ callers, startAtMs }, ask) {
  await until(startAtMs);
  const beganMs = monotonicMs();
  const outcomes = await Promise.all(
    Array.from({ length: callers }, async () => {
      const outcome = await ask();
      return { outcome, waitedMs: monotonicMs() - beganMs };
    }),
  );
  return {
    worstMs: Math.max(...outcomes.map(({ waitedMs }) => waitedMs)),
    outcomes: outcomes.map(({ outcome }) => outcome),
  };
}

obey({
  /** Everybody wants the same cold key. */
  async load({ id, failing, ...size }) {
    const loads = [];
    const errors = [];
    const loader = async () => {
      const beganMs = monotonicMs();
      await sleep(loaderMs);
      loads.push(monotonicMs() - beganMs);
      if (!failing) return { id };
      errors.push(new SourceError(`the source of ${id}`));
      throw errors.at(-1);
    };
    const { worstMs, outcomes } = await crowd(size, () =>
      cache.manager.getOrSet(entry.ref({ id }), loader).catch((error) => error),
    );
    const right = failing
      ? outcomes.filter((outcome) => errors.includes(outcome))
      : outcomes.filter((outcome) => outcome.id === id);
    return { loads: loads.length, loaderMs: Math.max(0, ...loads), worstMs, right: right.length };
  },

  /** The same crowd with no cache at all, waiting for a timer that they share: what this machine can do. */
  async wait(size) {
    let shared;
    const { worstMs } = await crowd(size, () => (shared ??= sleep(loaderMs)));
    return { worstMs };
  },

  stop: () => cache.close(),
});
