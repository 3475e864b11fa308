import { atLeast, scenario } from '../scenario.mjs';
import { answersOf, startApi } from './api.contestant.mjs';
import { HTTP_FIGURES, contestant, listensWith } from './contestant.mjs';

/** More than there are connections: no two requests in flight are for the same wallet, so that none is shared. */
const WALLETS = 128;
const TOKENS = 7;

/** What our API answered: all others are started after it. */
let known;
const answers = () => known;

/** L1 has no room for one value: every answer comes from Redis. */
async function startOurs(arena) {
  const { url, api, devnet, close } = await startApi(arena, { CACHE_L1_MAX_BYTES: '1kb' });
  const addresses = await devnet.ask('fillWallets', { count: WALLETS, tokens: TOKENS });
  known = await answersOf(url, addresses, TOKENS);
  const { paths, bodies } = known;
  const entrant = await contestant(arena, {
    server: api,
    url,
    paths,
    expected: { status: 200, bytes: Buffer.byteLength(bodies[addresses[0]]), 'x-cache': 'L2' },
  });
  return { ...entrant, close };
}

const KEYS = `${WALLETS} wallets in turn, no tags`;
const INTERCEPTOR = 'Nest Fastify + CacheInterceptor, @keyv/redis';
const BENTOCACHE = 'Nest Fastify + BentoCache, Redis';

export default scenario({
  name: 'http-l2',
  title: 'HTTP hit from L2, 2 KB of JSON, 64 connections, server on one core',
  figures: HTTP_FIGURES,
  contestants: {
    'the API': {
      role: 'ours',
      settings: `CACHE_L1_MAX_BYTES=1kb, so that L1 holds no value; else as for an HTTP hit; ${WALLETS} wallets in turn`,
      start: startOurs,
    },
    'Nest Fastify + @Cached': {
      role: 'ours',
      settings: 'staleness 0, so that L1 is never believed; the value returned by the handler',
      start: listensWith(answers, 'nest-chaincache', { redis: true, expected: { 'x-cache': 'L2' } }),
    },
    [INTERCEPTOR]: {
      role: 'peer',
      settings: `CacheModule.register({ ttl, stores }); ${KEYS}`,
      start: listensWith(answers, 'nest-interceptor', { redis: true, expected: { 'x-cache': 'HIT' } }),
    },
    [BENTOCACHE]: {
      role: 'peer',
      settings: `getOrSet; ${KEYS}`,
      start: listensWith(answers, 'nest-peer', { peer: 'bentocache', tiers: 'L2', redis: true }),
    },
    'node:http + GET': {
      role: 'limit',
      settings: 'ioredis, one GET a request, bytes sent as they are, with the headers of the API',
      start: listensWith(answers, 'node-http-redis', { redis: true }),
    },
    'node:http': {
      role: 'remark',
      settings: 'one string, nothing read',
      start: listensWith(answers, 'node-http'),
    },
  },
  goals: [atLeast(2, INTERCEPTOR), atLeast(2, BENTOCACHE)],
  bounds: '',
  profiled: true,
});
