import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { DataFolder } from './data.folder.js';
import { GuardedProcess } from './guarded.process.js';
import { postgresBinaries } from './postgres.binaries.js';
import { PostmasterFile } from './postmaster.file.js';
import { serverUser, type SystemUser } from './system.user.js';

/** A PostgreSQL of this process's own. */
export interface EmbeddedPostgres {
  readonly url: string;
  readonly pid: number;
  /** Ends it in order. May be called twice. */
  stop(): Promise<void>;
}

const SUPERUSER = 'chaincache';
/** Small: it serves one developer. Sockets in the file system have a path limit that a deep project would break. */
const SETTINGS = {
  max_connections: 100,
  shared_buffers: '64MB',
  unix_socket_directories: '',
  logging_collector: 'off',
};
/** A server whose process was killed may take this long to end, and its sessions to let go of their shared memory. */
const PREDECESSOR_TIMEOUT_MS = 15_000;
const START_TIMEOUT_MS = 30_000;
const RETRY_MS = 100;

/**
 * Starts a PostgreSQL on a free port of 127.0.0.1 with its data below `folder`, where an earlier run's is found again,
 * also when that run was killed. It ends with this process, however that ends.
 * @throws Error when another process uses the data, or with the end of the server's log
 */
export async function startEmbeddedPostgres(
  folder: string,
  { predecessorTimeoutMs = PREDECESSOR_TIMEOUT_MS }: { readonly predecessorTimeoutMs?: number } = {},
): Promise<EmbeddedPostgres> {
  const user = serverUser();
  const files = DataFolder.open(folder, user);
  const binaries = postgresBinaries(user, files.path);
  const postmaster = new PostmasterFile(files.data);
  await predecessorEnded(postmaster, files.path, predecessorTimeoutMs);
  if (!files.initialised) await initialise(files, binaries, user);
  postmaster.removeIfMisleading();

  const deadline = performance.now() + PREDECESSOR_TIMEOUT_MS;
  for (;;) {
    const port = await freePort();
    files.shortenLog();
    const server = GuardedProcess.start({
      command: join(binaries, 'postgres'),
      args: ['-D', files.data, '-h', '127.0.0.1', '-p', String(port), ...settings()],
      cwd: files.path,
      env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
      log: files.log,
      user,
    });
    if (await server.ready(() => postmaster.isReady(server.pid), START_TIMEOUT_MS)) {
      const url = `postgres://${SUPERUSER}:${encodeURIComponent(files.password())}@127.0.0.1:${port}/postgres`;
      files.writeUrl(url);
      return { url, pid: server.pid!, stop: () => server.stop() };
    }
    await server.stop();
    // The port was taken in between, or the killed predecessor's sessions still hold its shared memory.
    if (performance.now() > deadline) throw new Error(`The local PostgreSQL does not start:\n${server.lastWords()}`);
    await pause(RETRY_MS);
  }
}

async function predecessorEnded(postmaster: PostmasterFile, path: string, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (let pid = postmaster.occupant(); pid !== undefined; pid = postmaster.occupant()) {
    if (performance.now() > deadline) {
      throw new Error(`${path} is in use by process ${pid}: end what runs there, or set DATA_DIR or DATABASE_URL.`);
    }
    await pause(RETRY_MS);
  }
}

async function initialise(files: DataFolder, binaries: string, user: SystemUser | undefined): Promise<void> {
  files.password();
  const identity = ['-U', SUPERUSER, '-A', 'scram-sha-256', '--pwfile', files.passwordFile];
  const locale = ['-E', 'UTF8', '--locale', 'C'];
  const options = { cwd: files.path, env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' }, ...user };
  await files.initialise((draft) =>
    promisify(execFile)(
      join(binaries, 'initdb'),
      ['-D', draft, ...identity, ...locale, '--no-instructions', '--no-sync'],
      options,
    ),
  );
}

function settings(): string[] {
  return Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { readonly port: number };
      server.close(() => resolve(port));
    });
  });
}
