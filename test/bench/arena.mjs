import { startRedis } from '../../tools/test-services.mjs';
import { startWorker } from '../check/workers.mjs';
import { ASIDE, MEASURED, pin } from './pinning.mjs';

/**
 * V8 compiles on a thread of its own. When it is done decides what it learned before, and so how fast some code is for the whole
 * life of a process: of the starts of one contestant two in three read 26 000 a second and the others 44 000. Compiled where it
 * runs, all of them are as fast as the fast ones. Not where single answers are timed: they would wait for it.
 */
const IN_PLACE = ['--no-concurrent-recompilation'];

/** Where one contestant of a scenario runs: its processes and its Redis. What it promises stands in `scenario.mjs`. */
export class Arena {
  pin = pin;
  #processes = [];
  #servers = [];
  #settled = false;
  #untimed;
  #flags;

  constructor({ quick, visitMs, warmUpMs, warmUpAgainMs, rates, untimed }) {
    this.quick = quick;
    this.visitMs = visitMs;
    this.warmUpMs = warmUpMs;
    this.warmUpAgainMs = warmUpAgainMs;
    this.#untimed = untimed;
    this.#flags = rates ? IN_PLACE : [];
  }

  /** Until the contestant has settled, such a process may get ready on any core. */
  load(program, options) {
    return this.#start(program, options, this.#settled ? MEASURED : undefined);
  }

  aside(program, options) {
    return this.#start(program, options, ASIDE);
  }

  /** The contestant is ready: from now on what is measured stays on its core, if it is timed. */
  async settle() {
    if (this.#untimed) return;
    this.#settled = true;
    for (const process of this.#processes) if (process.running) await process.ask('settle');
  }

  async redis(args = []) {
    const server = await startRedis({ args });
    pin(server.pid, ASIDE);
    this.#servers.push(server);
    return server;
  }

  async collectGarbage() {
    for (const process of this.#processes) if (process.running) await process.ask('collectGarbage');
  }

  /** A CPU profile of the first process, while the work is done. */
  async profile(work) {
    const [process] = this.#processes;
    if (process === undefined) throw new Error('there is no process here to look into');
    await process.ask('startProfile');
    await work();
    return process.ask('stopProfile');
  }

  async close() {
    await Promise.all(this.#processes.map((process) => process.stop()));
    await Promise.all(this.#servers.map((server) => server.stop()));
  }

  async #start(program, options, core) {
    const process = await startWorker(program, { ...options, core }, { quiet: !shown, flags: this.#flags });
    this.#processes.push(process);
    return process;
  }
}

/** What contestants print is of no interest, except to who looks for a mistake. */
const shown = process.env.BENCH_SHOWN === '1';
