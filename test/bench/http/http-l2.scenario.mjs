import { atLeast, scenario } from '../scenario.mjs';
import { answersOf, startApi } from './api.contestant.mjs';
import { HTTP_FIGURES, contestant, listensWith } from './contestant.mjs';

/** More than there are connections: no two requests in flight are for the same wallet, so that none is shared. */
const WALLETS = 128;
const TOKENS = 7;

/** Our API and what it answered: it is started with ours, and all others after it. */
let api;
const answers = async () => api.answers;

/** L1 has no room for one value: every answer comes from Redis, and its value has to be decoded. */
async function startTheApi(arena) {
  const started = await startApi(arena, { CACHE_L1_MAX_BYTES: '1kb' });
  const addresses = await started.devnet.ask('fillWallets', { count: WALLETS, tokens: TOKENS });
  api = { ...started, answers: await answersOf(started.url, addresses, TOKENS) };
  return api.answers;
}

async function enterTheApi(arena) {
  const { api: server, url, close } = api;
  const { paths, bodies } = api.answers;
  const [body] = Object.values(bodies);
  const expected = { status: 200, bytes: Buffer.byteLength(body), 'x-cache': 'L2' };
  const entrant = await contestant(arena, { server, url, paths, expected });
  return { ...entrant, close };
}

const KEYS = `${WALLETS} wallets in turn, no tags`;
const INTERCEPTOR = 'Nest Fastify + CacheInterceptor, @keyv/redis';
const BENTOCACHE = 'Nest Fastify + BentoCache, Redis';

export default scenario({
  name: 'http-l2',
  title: 'HTTP hit from L2, 2 KB of JSON, 64 connections, server on one core',
  figures: HTTP_FIGURES,
  rates: true,
  contestants: {
    'Nest Fastify + HotAnswers': {
      role: 'ours',
      settings: `staleness 0, so that L1 is never believed; ${WALLETS} wallets in turn`,
      start: listensWith(startTheApi, 'nest-chaincache', { redis: true, ahead: true, expected: { 'x-cache': 'L2' } }),
    },
    'Nest Fastify + @Cached': {
      role: 'ours',
      settings: 'the same without answers before the framework: the value returned by the handler',
      fullOnly: true,
      start: listensWith(answers, 'nest-chaincache', { redis: true, expected: { 'x-cache': 'L2' } }),
    },
    'the API': {
      role: 'ours',
      settings: 'CACHE_L1_MAX_BYTES=1kb, so that L1 never holds a value; else as for an HTTP hit',
      fullOnly: true,
      start: enterTheApi,
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
  bounds: `\`node:http\` with one GET a request is the limit: reading from Redis doubles what a request costs the server, from about 15 to 30 µs, all of it the client's work on the reply. Ours reads what is asked within a tick in one round trip, with the stamps, sends the bytes of a fill that it knows without decoding them, and has no objects of Node's made of a request (docs/decisions/ready-connections.md), which is how it can come to more than the limit: what is left are the system calls, two for each answer. Where L1 holds no value (the API with room for none) each read takes it out of its gzip, decodes and freezes it, which is more than all the rest together (docs/decisions/compression.md).`,
  profiled: true,
});
