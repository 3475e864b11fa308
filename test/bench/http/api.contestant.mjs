import { randomBytes } from 'node:crypto';
import { startPostgres } from '../../../tools/test-services.mjs';
import { ASIDE } from '../pinning.mjs';
import { LIFE_MS } from '../workload.mjs';
import { ask, pathOf } from './contestant.mjs';

const API = new URL('./servers/api.server.mjs', import.meta.url);
const DEVNET = new URL('./servers/devnet.server.mjs', import.meta.url);

/** Bodies are as near to it as whole tokens allow. */
const BODY_BYTES = 2_048;
const MOST_TOKENS = 20;
/** Of the connection, not of the answer: whoever sends them sends their own. */
const OF_THE_CONNECTION = new Set(['connection', 'date', 'keep-alive']);

/**
 * Starts the API as in production, with what it needs: PostgreSQL, Redis, and a devnet as its upstream.
 *
 * @param {Record<string, string>} environment on top of that
 * @returns its address, its process and its devnet
 */
export async function startApi(arena, environment = {}) {
  // The first process that is loaded is the one that is profiled.
  const api = await arena.load(API);
  const devnet = await arena.aside(DEVNET);
  const [redis, postgres] = [await arena.redis(), await startPostgres()];
  arena.pin(postgres.pid, ASIDE);
  const upstream = await devnet.ask('listen');
  const url = await api.ask('listen', {
    environment: {
      NODE_ENV: 'production',
      LOG_LEVEL: 'info',
      AUTH_DOMAIN: 'chaincache.example',
      JWT_SECRET: randomBytes(32).toString('hex'),
      REDIS_URL: redis.url,
      DATABASE_URL: postgres.url,
      // As long as that of the peers: nothing is read again while it is measured, so that all have the same bytes.
      CACHE_TTL_TOKEN_BALANCES: `${LIFE_MS}ms`,
      // Wallets are read once each before the first round, all by one client.
      RATE_LIMIT_BURST: '1000',
      ...upstream.environment,
      ...environment,
    },
  });
  return { url, api, devnet, rich: upstream.rich, close: () => postgres.stop() };
}

/** @returns how many tokens of this wallet make an answer of about 2 KB */
export async function limitFor(url, address) {
  const sizes = [];
  for (let limit = 1; limit <= MOST_TOKENS; limit += 1) {
    const { body } = await ask(url + pathOf(address, limit));
    sizes.push({ limit, off: Math.abs(Buffer.byteLength(body) - BODY_BYTES) });
  }
  return sizes.sort((one, other) => one.off - other.off)[0].limit;
}

/** What the API answers for these wallets: what everybody else has to answer as well. */
export async function answersOf(url, addresses, limit) {
  const paths = addresses.map((address) => pathOf(address, limit));
  const answers = [];
  // The second answer of each: the first one was a miss.
  for (const path of [...paths, ...paths]) answers.push(await ask(url + path));
  const known = answers.slice(paths.length);
  return {
    paths,
    bodies: Object.fromEntries(addresses.map((address, index) => [address, known[index].body])),
    headers: Object.fromEntries(Object.entries(known[0].headers).filter(([name]) => !OF_THE_CONNECTION.has(name))),
  };
}
