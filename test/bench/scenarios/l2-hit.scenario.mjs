import { peers } from '../peers.mjs';
import { atLeast, inFull, inProcess, scenario } from '../scenario.mjs';

const PROCESS = new URL('./hit.process.mjs', import.meta.url);
const IN_FLIGHT = 64;
const subject = (role, settings, options) => ({
  role,
  settings,
  start: inProcess(PROCESS, { inFlight: IN_FLIGHT, ...options }, { redis: true }),
});
const peer = (name, { tagged = false, settings = peers[name].settings } = {}) =>
  subject('peer', settings, { subject: 'peer', peer: name, tiers: 'L2', tagged });

export default scenario({
  name: 'l2-hit',
  title: `L2 hit: \`getOrSet\`, ${IN_FLIGHT} in flight, 1 KB JSON, 10 000 keys zipf, 3 tags, stamp checked, metrics on`,
  figures: { rate: { unit: 'reads/s', better: 'higher' } },
  profiled: true,
  contestants: {
    Chaincache: subject('ours', "`mode: 'L2'`, which leaves memory out", { subject: 'ours', mode: 'L2' }),
    'Chaincache, references made': subject('ours', '`entry.ref` at each call', {
      subject: 'ours, references made',
      mode: 'L2',
    }),
    'BentoCache, tags': peer('bentocache', { tagged: true }),
    'BentoCache, no tags': inFull(peer('bentocache')),
    'cacheable, no tags': peer('cacheable', { settings: 'Redis as its primary store' }),
    'cache-manager + @keyv/redis': peer('cache-manager + @keyv/redis'),
    'cache-manager + ioredis-yet': inFull(peer('cache-manager + ioredis-yet')),
    'raw ioredis': subject('limit', '`GET` and `JSON.parse`, ioredis 6, defaults', { subject: 'raw ioredis' }),
    'raw ioredis, pipelined': subject('remark', 'the same with `enableAutoPipelining`', {
      subject: 'raw ioredis',
      enableAutoPipelining: true,
    }),
  },
  goals: [atLeast(1.2, 'raw ioredis'), atLeast(8, 'BentoCache, tags')],
  bounds: `The reader's core is the bound, not Redis: parsing JSON and Redis's protocol, and a promise for each caller. What is
asked for in one tick goes in one round trip, together with the versions of the tags; with few in flight there is nothing
to share, and a round trip is the bound. What would move it: handing bytes on without parsing them, as the HTTP answers
do, and fewer objects between the reply and the caller (see where the time goes).`,
});
