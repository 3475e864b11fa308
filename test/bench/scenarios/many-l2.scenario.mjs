import { atLeast, inProcess, scenario } from '../scenario.mjs';

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
  profiled: true,
  contestants: {
    Chaincache: subject('ours', "`mode: 'L2'`", { subject: 'ours' }),
    cacheable: peer('cacheable', '`getMany`, no tags, Redis as its primary store'),
    'cache-manager + @keyv/redis': peer('cache-manager + @keyv/redis', '`mget`'),
    'cache-manager + ioredis-yet': peer('cache-manager + ioredis-yet', '`mget`'),
    'raw ioredis': subject('limit', '`MGET` and `JSON.parse`', { subject: 'raw ioredis' }),
  },
  goals: [atLeast(0.8, 'raw ioredis')],
  bounds: `One round trip for all keys and all their tags. The limit parses a hundred texts and nothing else; ours checks a hundred
stamps as well, each against the versions of its own tags, and makes a result for each with its age and tier. What would
move it: the versions of tags that many of the keys share are read and compared once, and records are made only for what
is kept.`,
});
