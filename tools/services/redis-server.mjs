import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.mjs';
import { startGuarded } from './guarded-process.mjs';
import { redisBinary } from './redis-binary.mjs';
import { redisCommand } from './resp-client.mjs';

const ATTEMPTS = 5;
const SAVE_WITHIN_MS = 10_000;
const SAVE_AGAIN_MS = 20;

/**
 * Starts a Redis server of its own: free port on 127.0.0.1, private directory, nothing written to disk by itself.
 * It ends with this process at the latest.
 *
 * @param {{ port?: number, args?: string[], dir?: string }} options `args` are further arguments of redis-server
 *   (`['--maxmemory', '20mb']`); `dir` is created, and removed by `stop()`.
 */
export function startRedis({ args = [], ...options } = {}) {
  const ephemeral = ['--save', '', '--appendonly', 'no', '--repl-diskless-sync-delay', '0'];
  return startOnFreePort(options, () => [...ephemeral, ...args]);
}

/**
 * Starts a sentinel, whose own settings are `settings`. It keeps what it learns in the file of its settings.
 *
 * @param {{ settings: string, port?: number, dir?: string }} options
 */
export function startSentinelServer({ settings, ...options }) {
  return startOnFreePort(options, (dir) => {
    const file = join(dir, 'sentinel.conf');
    writeFileSync(file, settings);
    return [file, '--sentinel'];
  });
}

async function startOnFreePort({ port, dir }, argsIn) {
  const attempts = port === undefined ? ATTEMPTS : 1;
  for (let attempt = 1; ; attempt += 1) {
    const home = dir ?? mkdtempSync(join(tmpdir(), 'chaincache-redis-'));
    mkdirSync(home, { recursive: true });
    try {
      const server = new RedisServer(port ?? (await freePort()), home, argsIn(home));
      await server.start();
      return server;
    } catch (error) {
      rmSync(home, { recursive: true, force: true });
      if (attempt === attempts) throw error;
    }
  }
}

class RedisServer {
  host = '127.0.0.1';
  #binary = redisBinary();
  #process;

  constructor(port, dir, args) {
    this.port = port;
    this.url = `redis://127.0.0.1:${port}`;
    this.dir = dir;
    this.args = [...args, '--port', String(port), '--bind', '127.0.0.1', '--dir', dir];
  }

  get pid() {
    return this.#process.pid;
  }

  async start() {
    const { command, env } = this.#binary;
    this.#process = startGuarded({ command, env, args: this.args, dir: this.dir, log: join(this.dir, 'log') });
    await this.#process.ready(() => this.#answers());
  }

  /** Sends a signal: SIGSTOP and SIGCONT freeze and thaw it, SIGKILL ends it as a crash does. */
  signal(name) {
    this.#process.signal(name);
  }

  /** Writes what it holds to its file, once it is not busy giving a replica the same. */
  async save() {
    const giveUpAt = performance.now() + SAVE_WITHIN_MS;
    for (;;) {
      try {
        return await redisCommand(this, 'SAVE');
      } catch (error) {
        if (!/save already in progress/i.test(error.message) || performance.now() > giveUpAt) throw error;
        await sleep(SAVE_AGAIN_MS);
      }
    }
  }

  /** Stops it, if it runs, and starts it on the same port: empty, or with what it held when `keepRdb` is set. */
  async restart({ keepRdb = false } = {}) {
    if (keepRdb && this.#process.running) await this.save();
    await this.#process.stop();
    if (!keepRdb) rmSync(join(this.dir, 'dump.rdb'), { force: true });
    await this.start();
  }

  async stop() {
    await this.#process.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** True when the server on the port is this one (another may have taken the port first), and has loaded its data. */
  async #answers() {
    const info = await redisCommand({ port: this.port, timeoutMs: 1_000 }, 'INFO');
    return info.includes(`process_id:${this.pid}\r`) && !info.includes('loading:1');
  }
}
