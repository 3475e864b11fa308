import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.mjs';
import { startGuarded } from './guarded-process.mjs';
import { postgresBinaries, reachableByOthers, unprivilegedUser } from './postgres-binary.mjs';
import { withDescendants } from './process-tree.mjs';

const run = promisify(execFile);
const ATTEMPTS = 5;
const RESTART_TIMEOUT_MS = 15_000;

/** A test's data need not outlive the machine; it does outlive a killed server, since the system keeps what was written. */
const SETTINGS = { fsync: 'off', full_page_writes: 'off', max_connections: 200, unix_socket_directories: '' };

/**
 * Starts a PostgreSQL server of its own: free port on 127.0.0.1, private data directory, password in the URL.
 * It ends with this process at the latest.
 *
 * @param {{ port?: number, settings?: Record<string, string | number>, dir?: string }} options `settings` are server
 *   settings (`{ max_connections: 5 }`); `dir` is created, and removed by `stop()`.
 */
export async function startPostgres(options = {}) {
  const attempts = options.port === undefined ? ATTEMPTS : 1;
  for (let attempt = 1; ; attempt += 1) {
    const server = new PostgresServer(options.port ?? (await freePort()), options);
    try {
      await server.create();
      await server.start();
      return server;
    } catch (error) {
      rmSync(server.dir, { recursive: true, force: true });
      if (attempt === attempts) throw error;
    }
  }
}

class PostgresServer {
  host = '127.0.0.1';
  #password = randomBytes(12).toString('hex');
  #user = unprivilegedUser();
  #settings;
  #binaries;
  #process;

  constructor(port, { settings = {}, dir }) {
    this.port = port;
    this.url = `postgres://postgres:${this.#password}@127.0.0.1:${port}/postgres`;
    this.dir =
      dir ?? mkdtempSync(join(this.#user && !reachableByOthers(tmpdir()) ? '/tmp' : tmpdir(), 'chaincache-pg-'));
    mkdirSync(this.dir, { recursive: true });
    if (this.#user) chownSync(this.dir, this.#user.uid, this.#user.gid);
    this.#settings = { ...SETTINGS, ...settings };
  }

  get pid() {
    return this.#process.pid;
  }

  get #data() {
    return join(this.dir, 'data');
  }

  /** Makes the data directory. */
  async create() {
    this.#binaries = postgresBinaries({ user: this.#user, copyTo: join(this.dir, 'native') });
    const password = join(this.dir, 'password');
    writeFileSync(password, this.#password, { mode: 0o600 });
    if (this.#user) chownSync(password, this.#user.uid, this.#user.gid);
    const args = ['-D', this.#data, '-U', 'postgres', '-A', 'scram-sha-256', '--pwfile', password];
    const env = { ...process.env, LC_ALL: 'C' };
    await run(
      join(this.#binaries, 'initdb'),
      [...args, '-E', 'UTF8', '--locale', 'C', '--no-sync', '--no-instructions'],
      {
        env,
        cwd: this.dir,
        ...this.#user,
      },
    );
  }

  async start() {
    const settings = Object.entries(this.#settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    this.#process = startGuarded({
      command: join(this.#binaries, 'postgres'),
      args: ['-D', this.#data, '-h', '127.0.0.1', '-p', String(this.port), ...settings],
      env: { LC_ALL: 'C' },
      dir: this.dir,
      log: join(this.dir, 'log'),
      user: this.#user,
      stopSignal: 'QUIT',
    });
    await this.#process.ready(async () => this.#accepts());
  }

  /** SIGSTOP and SIGCONT freeze and thaw the server with all its sessions; any other signal goes to the server alone. */
  signal(name) {
    if (!this.#process.running) return;
    const everyone = name === 'SIGSTOP' || name === 'SIGCONT';
    for (const pid of everyone ? withDescendants(this.pid) : [this.pid]) signalIfThere(pid, name);
  }

  /** Stops it, if it runs, and starts it on the same port with the same data. */
  async restart() {
    this.signal('SIGCONT');
    await this.#process.stop('SIGINT');
    const deadline = Date.now() + RESTART_TIMEOUT_MS;
    // After a crash the sessions hold the shared memory for a moment longer, and a new server refuses to start.
    for (;;) {
      try {
        return await this.start();
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await sleep(100);
      }
    }
  }

  async stop() {
    this.signal('SIGCONT');
    if (this.#process.running) await this.#process.stop('SIGQUIT');
    else await this.#removeSharedMemory();
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** The server writes its id and its state into postmaster.pid. */
  #accepts() {
    const lines = this.#state();
    return Number(lines[0]) === this.pid && lines[7]?.trim() === 'ready';
  }

  #state() {
    const file = join(this.#data, 'postmaster.pid');
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  }

  /** A killed server leaves a small System V segment behind, whose id stands at the end of the seventh line. */
  async #removeSharedMemory() {
    const id = this.#state()[6]?.trim().split(/\s+/).at(-1);
    if (id) await run('ipcrm', ['-m', id]).catch(() => {});
  }
}

/** A session may have ended since it was listed. */
function signalIfThere(pid, name) {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
