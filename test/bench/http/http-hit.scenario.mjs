import { atLeast, scenario } from '../scenario.mjs';
import { answersOf, limitFor, startApi } from './api.contestant.mjs';
import { HTTP_FIGURES, contestant, listensWith } from './contestant.mjs';

/** Our API and what it answered: all others are started after it. */
let ours;
const answers = async () => ours.answers;

async function startOurs(arena) {
  const { url, api, rich, close } = await startApi(arena);
  ours = { url, api, answers: await answersOf(url, [rich], await limitFor(url, rich)) };
  const { paths, bodies } = ours.answers;
  const entrant = await contestant(arena, {
    server: api,
    url,
    paths,
    expected: { status: 200, bytes: Buffer.byteLength(bodies[rich]), 'x-cache': 'L1' },
  });
  return { ...entrant, close };
}

/** The same process, asked by clients that have a copy. */
async function startNotModified(arena) {
  const { url, api, answers: given } = ours;
  return contestant(arena, {
    server: api,
    url,
    paths: given.paths,
    headers: { 'if-none-match': given.headers.etag },
    expected: { status: 304, bytes: 0, 'x-cache': 'L1' },
  });
}

const NEST = 'the value returned by the handler, the headers of the API as constants';
const INTERCEPTOR_FASTIFY = 'Nest Fastify + CacheInterceptor, memory';

export default scenario({
  name: 'http-hit',
  title: 'HTTP hit, 2 KB of JSON, 64 connections, server on one core',
  figures: HTTP_FIGURES,
  rates: true,
  contestants: {
    'the API': {
      role: 'ours',
      settings: '`GET /api/tokens/:address`, NODE_ENV=production, LOG_LEVEL=info, PostgreSQL, Redis, all its headers',
      start: startOurs,
    },
    'the API, 304': { role: 'ours', settings: 'the same with If-None-Match', start: startNotModified },
    'node:http': {
      role: 'limit',
      settings: 'the same bytes and headers as the API, one string',
      start: listensWith(answers, 'node-http'),
    },
    'node:net': {
      role: 'remark',
      settings: 'the same bytes, written for each piece of a request that comes, with nothing read of it',
      start: listensWith(answers, 'node-net'),
    },
    Fastify: {
      role: 'peer',
      settings: 'one route, the same bytes and headers as the API, one string',
      start: listensWith(answers, 'fastify'),
    },
    [INTERCEPTOR_FASTIFY]: {
      role: 'peer',
      settings: `CacheModule.register({ ttl }); ${NEST}`,
      start: listensWith(answers, 'nest-interceptor', { platform: 'fastify', expected: { 'x-cache': 'HIT' } }),
    },
    'Nest Express + CacheInterceptor, memory': {
      role: 'peer',
      fullOnly: true,
      settings: `CacheModule.register({ ttl }); ${NEST}`,
      start: listensWith(answers, 'nest-interceptor', { platform: 'express', expected: { 'x-cache': 'HIT' } }),
    },
    'Nest Fastify + BentoCache, L1 + L2': {
      role: 'peer',
      fullOnly: true,
      settings: `getOrSet, memory over Redis with its bus; ${NEST}`,
      start: listensWith(answers, 'nest-peer', { peer: 'bentocache', tiers: 'both', redis: true }),
    },
    'Nest Fastify + cache-manager, memory': {
      role: 'peer',
      fullOnly: true,
      settings: `wrap over CacheableMemory; ${NEST}`,
      start: listensWith(answers, 'nest-peer', { peer: 'cache-manager + @keyv/redis', tiers: 'L1' }),
    },
  },
  goals: [atLeast(0.9, 'Fastify'), atLeast(3, INTERCEPTOR_FASTIFY), atLeast(1, 'node:http', { ours: 'the API, 304' })],
  bounds: `Two system calls, and what the kernel does behind them, are most of a hit: \`node:net\` does nothing else. Ours reads the text
of the request, looks its URL up, asks L1 and writes head and body as one text; Node's parser, its request and its response, which
are most of what \`node:http\` takes with a ready string and 19 headers, are not made at all (docs/decisions/ready-connections.md).
What is left on top of the sockets is Node's streams, an id and the time for each answer, the look-ups, and the application's work
beside it, up to 5 % of the core: the chains it follows, and the five hits a second that are compared with their source. A 304 saves
the body's copy. \`rate\` is what counts on a shared machine; beyond it wrk, on the other core, and the kernel are the bound.
What would move it: fewer and larger writes, which only clients that pipeline could take.`,
  profiled: true,
});
