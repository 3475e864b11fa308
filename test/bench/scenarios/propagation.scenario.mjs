import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../../check/workers.mjs';
import { peers } from '../peers.mjs';
import { atMost, scenario } from '../scenario.mjs';

const PROCESS = new URL('./propagation.process.mjs', import.meta.url);
const SAMPLES = 200;
const SAMPLES_QUICK = 50;
const WARM_UP = 50;
/** Within it everything has been written and told that will be. */
const SETTLE_MS = 300;

const telling = (role, settings, subject) => ({
  role,
  settings,
  async start(arena) {
    const { url: redisUrl } = await arena.redis();
    const reader = await arena.load(PROCESS, { subject, redisUrl });
    const writer = await arena.aside(PROCESS, { subject, redisUrl });
    for (const process of [reader, writer]) await process.ask('open');
    await sleep(SETTLE_MS);
    let turn = 0;

    /** How long the reader went on with the old value, from the writer's call. */
    async function once() {
      const key = `key:${(turn += 1)}`;
      await reader.ask('hold', { key });
      const seen = reader.ask('watch', { key });
      const { calledAtMs } = await writer.ask('invalidate', { key });
      const { lastStaleAtMs } = await seen;
      return Math.max(0, lastStaleAtMs - calledAtMs);
    }

    async function measure(count) {
      const times = [];
      while (times.length < count) times.push(await once());
      return { p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
    }

    await measure(WARM_UP);
    return { round: () => measure(arena.quick ? SAMPLES_QUICK : SAMPLES) };
  },
});

export default scenario({
  name: 'propagation',
  title: 'Stale seen by another process after an invalidation by key, from the call',
  figures: { p50: { unit: 'ms', better: 'lower' }, p99: { unit: 'ms', better: 'lower', compared: false } },
  contestants: {
    Chaincache: telling('ours', 'memory over Redis, its bus', '@chaincache/cache'),
    BentoCache: telling('peer', `${peers.bentocache.settings}; its Redis bus`, 'bentocache'),
    cacheable: telling('peer', '`sync` over Redis, as its README advises', 'cacheable'),
    'UNLINK + PUBLISH': telling('limit', 'ioredis, one pipeline; the other side deletes from a Map', 'floor'),
  },
  goals: [atMost(1, 'ms', { figure: 'p50' }), atMost(5, 'ms', { figure: 'p99' })],
  bounds: `Two hops through Redis: the writer's script, and the message to the reader; from the call, so that the script is part
of it. The tails are the scheduler's, and everybody's alike: compare with the limit. What would move the median: fewer
steps before the message is sent.`,
});
