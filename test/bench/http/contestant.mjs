import { load, requireWrk } from './wrk.load.mjs';

/** Long enough for a connection to be the smallest part of it. */
const ROUND_MS = 2_000;
const QUICK_ROUND_MS = 500;
/** Until the engine has compiled what is hot. */
const WARM_UP_MS = 1_500;

/** What a round says. `cpu` is the server's own time for a request: unlike the others it does not count who waits. */
export const HTTP_FIGURES = {
  rate: { unit: 'req/s', better: 'higher' },
  p50: { unit: 'ms', better: 'lower' },
  p99: { unit: 'ms', better: 'lower' },
  cpu: { unit: 'µs', better: 'lower' },
};

/** Where the wallets' tokens stand, with every contestant. */
export const pathOf = (address, limit) => `/api/tokens/${address}?limit=${limit}`;

/** One answer. */
export async function ask(url, headers = {}) {
  const response = await fetch(url, { headers });
  return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
}

/**
 * A contestant that listens: every path is visited, so that it is cached, then it is warmed up. A round is a load by wrk.
 *
 * @param {{ server: object, url: string, paths: string[], headers?: Record<string, string>,
 *   expected: Record<string, string | number> }} target `server` is its process; `headers` are those of each request;
 *   `expected` is what an answer must be, before and after each round: its `status`, how many `bytes` its body has, and
 *   any header
 * @throws when it answers something else: a contestant that is fast because it is wrong is worth nothing
 */
export async function contestant(arena, { server, url, paths, headers = {}, expected }) {
  requireWrk();
  for (const path of paths) await ask(url + path);
  const check = async () => {
    const [path] = paths;
    // What was just asked for is cached, even where a busy machine has kept Redis from answering in time.
    await ask(url + path, headers);
    const { body, ...answer } = await ask(url + path, headers);
    const seen = { ...answer.headers, status: answer.status, bytes: Buffer.byteLength(body) };
    for (const [name, value] of Object.entries(expected)) {
      if (seen[name] !== value) throw new Error(`${path}: its ${name} is ${seen[name]}, and should be ${value}`);
    }
  };
  await load({ url, paths, headers, forMs: WARM_UP_MS });
  await check();
  const roundMs = arena.quick ? QUICK_ROUND_MS : ROUND_MS;
  return {
    async round() {
      const before = await server.ask('cpuUs');
      const { requests, ...figures } = await load({ url, paths, headers, forMs: roundMs });
      const cpu = ((await server.ask('cpuUs')) - before) / requests;
      await check();
      return { ...figures, cpu };
    },
  };
}

/**
 * `start` of a contestant whose program has a handler `listen`, and that answers what our API answered.
 *
 * @param {() => { paths: string[], bodies: Record<string, string>, headers: Record<string, string> }} answers ours; the
 *   contest starts ours first
 */
export const listensWith =
  (answers, program, { redis = false, expected = {}, ...options } = {}) =>
  async (arena) => {
    const { paths, bodies, headers } = answers();
    const redisUrl = redis ? (await arena.redis()).url : undefined;
    const server = await arena.load(new URL(`./servers/${program}.server.mjs`, import.meta.url), {
      ...options,
      redisUrl,
    });
    const url = await server.ask('listen', { bodies, headers });
    const [body] = Object.values(bodies);
    return contestant(arena, {
      server,
      url,
      paths,
      expected: { status: 200, bytes: Buffer.byteLength(body), ...expected },
    });
  };
