/**
 * Thousands of callers in several processes want one cold key: `npm run check:stampede`. One load in the fleet, nobody
 * waits much longer than the load takes, and a failing loader runs once for each process at most.
 */
import { availableParallelism, loadavg } from 'node:os';
import { startRedis } from '../../tools/test-services.mjs';
import { median, monotonicMs, round, startWorker } from './workers.mjs';

const PROCESSES = 4;
const CALLERS = 1_000;
const LOADER_MS = 50;
const ROUNDS = 15;
const LIMIT = 1.3;
/** On a machine that is busy with other things a series may be bad through no fault of the cache. */
const SERIES = 3;
/** For the news of a round to reach every process before the round begins. */
const HEAD_START_MS = 30;

const WORKER = new URL('./stampede.worker.mjs', import.meta.url);
const redis = await startRedis();
const workers = await Promise.all(
  Array.from({ length: PROCESSES }, () => startWorker(WORKER, { redisUrl: redis.url, loaderMs: LOADER_MS })),
);

let rounds = 0;
const together = (name, argument) => {
  const startAtMs = monotonicMs() + HEAD_START_MS;
  return Promise.all(workers.map((worker) => worker.ask(name, { callers: CALLERS, startAtMs, ...argument })));
};
const worstOf = (answers) => Math.max(...answers.map(({ worstMs }) => worstMs));
const sumOf = (answers, field) => answers.reduce((sum, answer) => sum + answer[field], 0);

async function series() {
  const loads = [];
  const waits = [];
  const timers = [];
  let right = 0;
  for (let turn = 0; turn < ROUNDS; turn += 1) {
    const answers = await together('load', { id: `cold-${rounds++}`, failing: false });
    loads.push(sumOf(answers, 'loads'));
    right += sumOf(answers, 'right');
    waits.push(worstOf(answers) / Math.max(...answers.map(({ loaderMs }) => loaderMs)));
    timers.push(worstOf(await together('wait')));
  }
  return { loads, right, waits, timers };
}

async function failingSeries() {
  const runs = [];
  let right = 0;
  for (let turn = 0; turn < ROUNDS; turn += 1) {
    const answers = await together('load', { id: `failing-${rounds++}`, failing: true });
    runs.push(...answers.map(({ loads }) => loads));
    right += sumOf(answers, 'right');
  }
  return { runs, right };
}

const violations = [];
const expect = (holds, what) => holds || violations.push(what);
const everybody = PROCESSES * CALLERS * ROUNDS;
try {
  await series(); // Once for nothing: until code is compiled it is slow.
  let measured;
  for (let tries = 1; tries <= SERIES; tries += 1) {
    measured = { tries, ...(await series()) };
    expect(
      measured.loads.every((count) => count === 1),
      `loads of the fleet for one key: ${measured.loads.join()}`,
    );
    expect(measured.right === everybody, `${everybody - measured.right} callers got something else`);
    if (median(measured.waits) <= LIMIT) break;
  }
  expect(median(measured.waits) <= LIMIT, `the worst caller waited more than ${LIMIT} × the load`);
  const failing = await failingSeries();
  expect(Math.max(...failing.runs) <= 1, 'a failing loader ran more than once in a process');
  expect(failing.right === everybody, `${everybody - failing.right} callers got no error of their own loader`);
  const unhandled = workers.flatMap((worker) => worker.unhandled);
  expect(unhandled.length === 0, `unhandled: ${unhandled[0]}`);

  const line = {
    processes: PROCESSES,
    callersEach: CALLERS,
    loaderMs: LOADER_MS,
    rounds: ROUNDS,
    loadsInTheFleet: Math.max(...measured.loads),
    worstCallerPerLoad: { median: round(median(measured.waits)), worst: round(Math.max(...measured.waits)) },
    withoutCacheMs: { median: round(median(measured.timers)), worst: round(Math.max(...measured.timers)) },
    tries: measured.tries,
    machine: { cores: availableParallelism(), load: round(loadavg()[0]) },
    failing: { mostRunsInAProcess: Math.max(...failing.runs), callersWithOwnError: failing.right / ROUNDS },
    violations,
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
} finally {
  await Promise.all(workers.map((worker) => worker.stop()));
  await redis.stop();
}
process.exitCode = violations.length === 0 ? 0 : 1;
