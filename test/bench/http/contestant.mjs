import { setTimeout as sleep } from 'node:timers/promises';
import { load, requireWrk } from './wrk.load.mjs';

/** Long enough for the connections to be the smallest part of it. */
const VISIT_MS = 350;
const QUICK_VISIT_MS = 300;
/** Until the engine has compiled what is hot: processor time of the server, which a shared machine gives slowly. */
const WARM_UP_PROCESSOR_MS = 1_500;
const QUICK_WARM_UP_PROCESSOR_MS = 700;
const WARM_UP_STEP_MS = 1_000;
/** Before each round. Garbage is collected in the midst of it: see `collectGarbageAmidst` in reading.mjs. */
const WARM_UP_AGAIN_MS = 300;
const QUICK_WARM_UP_AGAIN_MS = 200;
const MOST_WARM_UP_STEPS = 10;
/** On a busy machine Redis may not have answered in time: then a tier is not believed for some seconds. */
const MOST_CHECKS = 150;
const CHECK_EVERY_MS = 100;

/**
 * What a round says. `rate` is by the second of the server's processor time: on a core of its own that is the clock's,
 * and on a shared machine it leaves out what others do; `clock` is by the clock's. The latencies are what wrk saw: with so many
 * connections the median says what the rate does, and the tail is the machine's more than anybody's.
 */
export const HTTP_FIGURES = {
  rate: { unit: 'req/s', better: 'higher' },
  clock: { unit: 'req/s', better: 'higher' },
  p50: { unit: 'ms', better: 'lower', compared: false },
  p99: { unit: 'ms', better: 'lower', compared: false },
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
    for (let time = 1; ; time += 1) {
      const wrong = await whatIsWrong(url + paths[0], headers, expected);
      if (wrong === null) return;
      if (time === MOST_CHECKS) throw new Error(`${paths[0]}: ${wrong}`);
      await sleep(CHECK_EVERY_MS);
    }
  };
  await warmUp(server, { url, paths, headers }, arena.quick ? QUICK_WARM_UP_PROCESSOR_MS : WARM_UP_PROCESSOR_MS);
  await check();
  const visitMs = arena.quick ? QUICK_VISIT_MS : VISIT_MS;
  const warmUpAgainMs = arena.quick ? QUICK_WARM_UP_AGAIN_MS : WARM_UP_AGAIN_MS;
  return {
    async collectGarbage() {
      const loaded = load({ url, paths, headers, forMs: warmUpAgainMs });
      await Promise.all([loaded, sleep(warmUpAgainMs / 2).then(() => server.ask('collectGarbage'))]);
    },

    async round() {
      await check();
      await server.ask('beginPace');
      const { requests, p50, p99 } = await load({ url, paths, headers, forMs: visitMs });
      const { bytes, perProcessorSecond, perClockSecond } = await server.ask('endPace');
      await check();
      const each = bytes / requests;
      return { rate: perProcessorSecond / each, clock: perClockSecond / each, p50, p99 };
    },
  };
}

async function whatIsWrong(url, headers, expected) {
  const { body, ...answer } = await ask(url, headers);
  const seen = { ...answer.headers, status: answer.status, bytes: Buffer.byteLength(body) };
  const wrong = Object.keys(expected).find((name) => seen[name] !== expected[name]);
  return wrong === undefined ? null : `its ${wrong} is ${seen[wrong]}, and should be ${expected[wrong]}`;
}

async function warmUp(server, target, processorMs) {
  const enough = (await server.ask('processorMs')) + processorMs;
  for (let step = 0; step < MOST_WARM_UP_STEPS && (await server.ask('processorMs')) < enough; step += 1) {
    await load({ ...target, forMs: Math.min(WARM_UP_STEP_MS, processorMs) });
  }
}

/**
 * `start` of a contestant whose program has a handler `listen`, and that answers what our API answered.
 *
 * @param {(arena: object) => Promise<{ paths: string[], bodies: Record<string, string>, headers: Record<string, string> }>}
 *   answers what our API answered
 */
export const listensWith =
  (answers, program, { redis = false, expected = {}, ...options } = {}) =>
  async (arena) => {
    const redisUrl = redis ? (await arena.redis()).url : undefined;
    const server = await arena.load(new URL(`./servers/${program}.server.mjs`, import.meta.url), {
      ...options,
      redisUrl,
    });
    const { paths, bodies, headers } = await answers(arena);
    const url = await server.ask('listen', { bodies, headers });
    const [body] = Object.values(bodies);
    return contestant(arena, {
      server,
      url,
      paths,
      expected: { status: 200, bytes: Buffer.byteLength(body), ...expected },
    });
  };
