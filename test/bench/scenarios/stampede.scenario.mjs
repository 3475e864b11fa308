import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from '../../check/workers.mjs';
import { peers } from '../peers.mjs';
import { atMost, inFull, scenario } from '../scenario.mjs';

const PROCESS = new URL('./stampede.process.mjs', import.meta.url);
const PROCESSES = 4;
const CALLERS = 1_000;
const LOADER_MS = 50;
const KEYS_A_ROUND = 5;
/** For the word to reach every process before the crowd begins. */
const HEAD_START_MS = 30;
const SETTLE_MS = 300;

const crowd = (role, subject, settings = peers[subject].settings) => ({
  role,
  settings,
  async start(arena) {
    const { url: redisUrl } = await arena.redis();
    const processes = [];
    for (let index = 0; index < PROCESSES; index += 1) {
      const onCore = index % 2 === 0 ? arena.load : arena.aside;
      processes.push(await onCore.call(arena, PROCESS, { subject, redisUrl, loaderMs: LOADER_MS }));
    }
    await Promise.all(processes.map((process) => process.ask('open')));
    await sleep(SETTLE_MS);
    let keys = 0;

    async function once() {
      const argument = { key: `cold:${(keys += 1)}`, callers: CALLERS, startAtMs: monotonicMs() + HEAD_START_MS };
      const answers = await Promise.all(processes.map((process) => process.ask('crowd', argument)));
      return {
        loads: answers.reduce((sum, { loads }) => sum + loads, 0),
        worst: Math.max(...answers.map(({ worstMs }) => worstMs)),
      };
    }

    async function measure(count) {
      const seen = [];
      while (seen.length < count) seen.push(await once());
      const mean = (figure) => seen.reduce((sum, each) => sum + each[figure], 0) / count;
      return { loads: mean('loads'), worst: mean('worst') };
    }

    await measure(2);
    return { round: () => measure(KEYS_A_ROUND) };
  },
});

export default scenario({
  name: 'stampede',
  title: `${CALLERS.toLocaleString('en').replace(',', ' ')} callers in each of ${PROCESSES} processes want one cold key`,
  figures: { loads: { unit: 'loads', better: 'lower' }, worst: { unit: 'ms', better: 'lower' } },
  contestants: {
    Chaincache: crowd('ours', '@chaincache/cache', 'memory over Redis, plain keys, defaults'),
    BentoCache: crowd('peer', 'bentocache'),
    cacheable: inFull(crowd('peer', 'cacheable')),
    'cache-manager + @keyv/redis': inFull(crowd('peer', 'cache-manager + @keyv/redis')),
  },
  goals: [atMost(1, 'load')],
  bounds: `The lease in Redis: one process loads, the others wait to be woken. The worst caller waits for the load and for one more
message. A process that is not granted its lease within 90 ms goes to the source by itself, so that on an overloaded machine
a second load is possible.`,
});
