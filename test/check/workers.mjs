import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** Longer than anything a check waits for. */
const STOP_LIMIT_MS = 5_000;

/**
 * Starts a process that does as it is told, and resolves once it can be.
 *
 * @param {URL} program a module that calls `obey`
 * @param {object} options what it finds in its `workerOptions`
 * @param {{ quiet?: boolean, flags?: string[] }} how quiet: what it prints is of no interest; flags: of Node's
 */
export async function startWorker(program, options, { quiet = false, flags = [] } = {}) {
  const output = quiet ? 'ignore' : 'inherit';
  const child = fork(program, [JSON.stringify(options)], {
    stdio: ['ignore', output, output, 'ipc'],
    execArgv: [...process.execArgv, ...flags],
  });
  const worker = new Worker(child);
  await worker.ask('ready');
  return worker;
}

class Worker {
  /** What the process said of errors that nobody handled. */
  unhandled = [];
  #child;
  #exited;
  #open = new Map();
  #nextId = 0;

  constructor(child) {
    this.#child = child;
    this.#exited = once(child, 'exit');
    child.on('message', (message) => {
      if ('unhandled' in message) this.unhandled.push(message.unhandled);
      else this.#settle(message);
    });
    child.once('exit', (code, signal) => {
      for (const { reject } of this.#open.values()) reject(new Error(`the process ended with ${code ?? signal}`));
      this.#open.clear();
    });
  }

  get running() {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Has the process's handler of this name run. Rejects with the handler's error, or when the process ends first. */
  ask(name, argument = {}) {
    return new Promise((resolve, reject) => {
      if (!this.running) {
        reject(new Error('the process has ended'));
        return;
      }
      const id = this.#nextId++;
      this.#open.set(id, { resolve, reject });
      this.#child.send({ id, name, argument }, (error) => error && reject(error));
    });
  }

  /** Asks it to end, and ends it by force when it does not. */
  async stop() {
    if (!this.running) return;
    this.ask('stop').catch(() => {});
    const lastResort = setTimeout(() => this.#child.kill('SIGKILL'), STOP_LIMIT_MS);
    await this.#exited;
    clearTimeout(lastResort);
  }

  #settle({ id, value, error }) {
    const asked = this.#open.get(id);
    this.#open.delete(id);
    if (error === undefined) asked?.resolve(value);
    else asked?.reject(new Error(error));
  }
}

/** The options that the parent started this process with. */
export const workerOptions = () => JSON.parse(process.argv[2] ?? '{}');

/** In the worker: errors that nobody handles are told to the parent, instead of ending the process. */
export function tellUnhandled() {
  const tell = (error) => process.send?.({ unhandled: String(error?.stack ?? error) });
  process.on('unhandledRejection', tell);
  process.on('uncaughtException', tell);
}

/** In the worker: answers what the parent asks, until it asks to stop or is gone. */
export function obey({ stop = async () => {}, ...handlers }) {
  process.on('disconnect', () => process.exit(0));
  process.on('message', ({ id, name, argument }) => {
    if (name === 'stop') void stop().finally(() => process.exit(0));
    else void answer(id, () => (name === 'ready' ? null : handlers[name](argument)));
  });
}

async function answer(id, work) {
  try {
    const value = (await work()) ?? null;
    process.send?.({ id, value });
  } catch (error) {
    process.send?.({ id, error: String(error?.stack ?? error) });
  }
}

/** Waits until the tier has reached its Redis, and the cache believes what it reads there. */
export async function inUse(tier, cache) {
  await new Promise((resolve) => tier.store.subscribe({ up: resolve, down: () => {} }));
  while (cache.storeState() !== 'up') await sleep(5);
}

/** CLOCK_MONOTONIC, ms: the same in every process of this machine. */
export const monotonicMs = () => Number(process.hrtime.bigint() / 1_000n) / 1_000;

/** Waits until that moment of the monotonic clock. */
export async function until(atMs) {
  const leftMs = atMs - monotonicMs();
  if (leftMs > 0) await sleep(leftMs);
}

/** The value below which that share of the numbers lies; 0 when there are none. */
export function quantile(numbers, share) {
  const sorted = [...numbers].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

export const median = (numbers) => quantile(numbers, 0.5);

export const round = (ms) => Math.round(ms * 100) / 100;
