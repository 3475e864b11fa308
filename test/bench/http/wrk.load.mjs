import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { onPath } from '../../../tools/services/on-path.mjs';
import { ASIDE, canPin } from '../pinning.mjs';

const CONNECTIONS = 64;
const ROTATING_PATHS = fileURLToPath(new URL('./rotating.paths.lua', import.meta.url));
const MS_IN = { us: 0.001, ms: 1, s: 1_000, m: 60_000 };

/** Longer than any round: wrk counts in seconds, and is interrupted when the round is over. */
const LIMIT = '60s';

/** Slow answers, which wrk counts as `timeout`, are in the quantiles. */
const FAILED = /Non-2xx or 3xx responses|Socket errors: (?!connect 0, read 0, write 0,)/;

/** @throws where wrk is missing or the loopback cannot be looked at; the message names what is needed */
export function requireWrk() {
  if (process.platform !== 'linux')
    throw new Error('answers are counted by what the loopback carries, in /proc: this needs Linux');
  if (onPath('wrk')) return;
  throw new Error('the load comes from wrk, which is not on the PATH: install it (Debian: apt-get install wrk)');
}

/**
 * Asks from 64 connections, each of which sends its next request when its last was answered. With several paths each
 * request is for the next one of them.
 *
 * @param {{ url: string, paths: string[], forMs: number, headers?: Record<string, string> }} options
 * @returns how many requests were answered, and the latency's median and 99th percentile in ms
 * @throws when a request was not answered with 2xx or 3xx
 */
export async function load({ url, paths, forMs, headers = {} }) {
  const headerArgs = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const target = paths.length === 1 ? [url + paths[0]] : ['-s', ROTATING_PATHS, url, '--', ...paths];
  const output = await wrk(['-t1', `-c${CONNECTIONS}`, `-d${LIMIT}`, '--latency', ...headerArgs, ...target], forMs);
  if (FAILED.test(output)) throw new Error(`not everything was answered:\n${output}`);
  return {
    requests: Number(/(\d+) requests in/.exec(output)[1]),
    p50: latencyMs(output, '50%'),
    p99: latencyMs(output, '99%'),
  };
}

/** @returns what it prints when it is interrupted: the figures up to then */
async function wrk(args, forMs) {
  const command = canPin ? ['taskset', '-c', String(ASIDE), 'wrk'] : ['wrk'];
  const child = spawn(command[0], [...command.slice(1), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const over = setTimeout(() => child.kill('SIGINT'), forMs);
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  clearTimeout(over);
  if (code !== 0) throw new Error(`wrk ended with ${code}: ${errors}`);
  return output;
}

function latencyMs(output, percentile) {
  const line = new RegExp(`^\\s+${percentile}\\s+([\\d.]+)(us|ms|s|m) *$`, 'm').exec(output);
  if (line === null) throw new Error(`wrk says nothing of the latency's ${percentile}:\n${output}`);
  const [, amount, unit] = line;
  return Number(amount) * MS_IN[unit];
}
