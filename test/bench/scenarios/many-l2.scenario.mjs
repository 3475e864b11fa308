import { atLeast, inFull, inProcess, scenario } from '../scenario.mjs';

const PROCESS = new URL('./many.process.mjs', import.meta.url);
const AT_ONCE = 100;
const CALLS_IN_FLIGHT = 4;
const subject = (role, settings, options) => ({
  role,
  settings,
  start: inProcess(PROCESS, { atOnce: AT_ONCE, inFlight: CALLS_IN_FLIGHT, ...options }, { redis: true }),
});
const peer = (name, settings) => subject('peer', settings, { subject: 'peer', peer: name, tiers: 'L2' });

export default scenario({
  name: 'many-l2',
  title: `\`getOrSetMany\` of ${AT_ONCE} from L2, ${CALLS_IN_FLIGHT} in flight, 1 KB JSON, 10 000 keys evenly, 3 tags`,
  figures: { rate: { unit: 'values/s', better: 'higher' } },
  rates: true,
  profiled: true,
  contestants: {
    Chaincache: subject('ours', "`mode: 'L2'`", { subject: 'ours' }),
    cacheable: inFull(peer('cacheable', '`getMany`, no tags, Redis as its primary store')),
    'cache-manager + @keyv/redis': peer('cache-manager + @keyv/redis', '`mget`'),
    'cache-manager + ioredis-yet': inFull(peer('cache-manager + ioredis-yet', '`mget`')),
    'raw ioredis': subject('limit', '`MGET` and `JSON.parse`', { subject: 'raw ioredis' }),
  },
  goals: [atLeast(0.8, 'raw ioredis')],
  bounds: `One round trip for all keys and all their tags: three times as many keys as the limit asks for, for which Redis takes 4 µs
of processor time a value instead of 1.6, about as much as the reader: faster than that no reader could be. An MGET of the
same keys of which nothing is made takes the reader 2 µs, of 4 to 5 in all. The limit takes 4, of which JSON.parse is 3; ours
does without where a value of the very same fill is in memory (where none is, see l2-hit), and spends it on the stamp, a
checksum of the bytes, a flight that others may join, a result with its age and tier, and the metrics of each key. Drawn
evenly, keys, tags and records are seldom in the processor's caches, so that a busy machine slows ours down more than the
limit. What would move it: fewer versions to ask for, where many tags of one key change together.`,
});
