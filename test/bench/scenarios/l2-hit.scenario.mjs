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
  rates: true,
  profiled: true,
  contestants: {
    Chaincache: subject('ours', "`mode: 'L2'`, which asks Redis each time; references made beforehand", {
      subject: 'ours',
      mode: 'L2',
    }),
    'Chaincache, key made': subject('ours', 'the same, `entry.ref` at each call', {
      subject: 'ours, key made',
      mode: 'L2',
    }),
    'Chaincache, all parsed': subject('remark', 'the same as the first with `staleness: 0`: no value is known before', {
      subject: 'ours',
      mode: 'L2',
      staleness: 0,
    }),
    'BentoCache, tags': peer('bentocache', { tagged: true }),
    'BentoCache, no tags': inFull(peer('bentocache')),
    'cacheable, no tags': inFull(peer('cacheable', { settings: 'Redis as its primary store' })),
    'cache-manager + @keyv/redis': inFull(peer('cache-manager + @keyv/redis')),
    'cache-manager + ioredis-yet': inFull(peer('cache-manager + ioredis-yet')),
    'raw ioredis': subject('limit', '`GET` and `JSON.parse`, ioredis 6, defaults', { subject: 'raw ioredis' }),
    'raw ioredis, pipelined': subject('remark', 'the same with `enableAutoPipelining`', {
      subject: 'raw ioredis',
      enableAutoPipelining: true,
    }),
  },
  goals: [atLeast(1.2, 'raw ioredis'), atLeast(8, 'BentoCache, tags')],
  bounds: `The reader's core is the bound: Redis needs 3 µs of processor time for a read here, 4 to 5 where each read is a command of its
own. What the reader's 5 to 9 µs go to (by machine) was measured on a fast one by leaving the rest out: 2 to 3 are ioredis and the socket, which send
three keys and take three values out of the reply (an MGET of the same keys of which nothing is made); ours are the stamp, a
checksum of the bytes, the promise and what is kept of a flight for each caller, and the metrics. A raw GET takes 9 to 12: JSON.parse
3, and a command and a promise for each read, where 64 callers share one command here.

A text is parsed once a fill: what was read before and is still in memory is known by its mark once its stamp has been
compared, and the very same frozen value is given again. All peers parse at each read. Where no value is known before, ours
takes the body out of its gzip, parses and freezes: see \`all parsed\`. What would move that: bytes handed on without parsing, as the HTTP answers do.
With few in flight there is nothing to share, and a round trip is the bound.`,
});
