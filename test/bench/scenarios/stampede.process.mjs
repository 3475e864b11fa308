/** One process of a fleet in which everybody wants the same cold key. */
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs, until } from '../../check/workers.mjs';
import { openPeer } from '../peers.mjs';
import { options, serve } from '../process.mjs';

const { subject, redisUrl, loaderMs } = options;
let cache;

serve({
  async open() {
    cache = await openPeer(subject, { redisUrl });
    // Some connect when they are first used.
    await cache.read(`first of ${process.pid}`, undefined, () => 'value');
  },

  /** @returns how often the source was asked by this process, and how long the last caller waited */
  async crowd({ key, callers, startAtMs }) {
    let loads = 0;
    const load = async () => {
      loads += 1;
      await sleep(loaderMs);
      return { key };
    };
    await until(startAtMs);
    const beganMs = monotonicMs();
    const waits = await Promise.all(
      Array.from({ length: callers }, async () => {
        const value = await cache.read(key, undefined, load);
        if (value.key !== key) throw new Error('a caller got something else');
        return monotonicMs() - beganMs;
      }),
    );
    return { loads, worstMs: Math.max(...waits) };
  },
});
