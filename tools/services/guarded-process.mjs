import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * The guard is a shell that holds one end of a pipe from this process. The pipe closes when this process ends, however
 * it ends; the guard then ends the server and removes its directory. It reads the server's id from the same pipe: the
 * server writes it itself before it becomes the server, so that no moment is left in which nobody knows of it.
 */
const GUARD = `
read -r server || exit 0
read -r word && exit 0
kill -s "$1" "$server" 2>/dev/null
kill -s CONT "$server" 2>/dev/null
tries=0
[ "$1" = KILL ] && tries=50
while kill -0 "$server" 2>/dev/null && [ "$tries" -lt 50 ]; do sleep 0.1; tries=$((tries + 1)); done
kill -s KILL "$server" 2>/dev/null
rm -rf -- "$2"
`;
const ANNOUNCE_AND_BECOME = 'echo $$ >&3; exec "$@" 3>&-';
const STOP_TIMEOUT_MS = 10_000;

/**
 * Starts a server that does not outlive this process, not even when this process is killed by SIGKILL.
 * Neither the server nor its guard keeps this process alive.
 *
 * @param {{
 *   command: string, args: string[], dir: string, log: string, env?: Record<string, string>,
 *   user?: { uid: number, gid: number }, stopSignal?: 'KILL' | 'QUIT'
 * }} options `dir` is private to the server and is removed when this process dies; `log` takes what the server prints;
 *   `stopSignal` is what the guard sends first (QUIT lets PostgreSQL clear its shared memory).
 */
export function startGuarded({ command, args, dir, log, env = {}, user, stopSignal = 'KILL' }) {
  const guard = spawn('/bin/sh', ['-c', GUARD, 'guard', stopSignal, dir], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
  });
  const output = openSync(log, 'a');
  const child = spawn('/bin/sh', ['-c', ANNOUNCE_AND_BECOME, 'server', command, ...args], {
    stdio: ['ignore', output, output, guard.stdin],
    // Its own session: an interrupt typed at the terminal reaches the runner, which then stops its servers in order.
    detached: true,
    cwd: dir,
    env: { ...process.env, ...env },
    ...user,
  });
  closeSync(output);
  const exited = new Promise((resolve) => {
    child.once('error', resolve);
    child.once('exit', resolve);
  }).then(() => guard.stdin.end('ended\n'));
  guard.stdin.on('error', () => {});
  for (const handle of [child, guard, guard.stdin]) handle.unref();

  return new GuardedProcess(child, exited, log);
}

class GuardedProcess {
  #child;
  #exited;
  #log;

  constructor(child, exited, log) {
    this.#child = child;
    this.#exited = exited;
    this.#log = log;
  }

  get pid() {
    return this.#child.pid;
  }

  get running() {
    return this.#child.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  signal(name) {
    if (this.running) process.kill(this.pid, name);
  }

  /** Asks with `name`, and ends by SIGKILL what has not ended after ten seconds. Resolves when the process is gone. */
  async stop(name = 'SIGKILL') {
    if (!this.running) return;
    this.#child.ref();
    const lastResort = setTimeout(() => this.signal('SIGKILL'), STOP_TIMEOUT_MS);
    this.signal(name);
    this.signal('SIGCONT');
    await this.#exited;
    clearTimeout(lastResort);
  }

  /** Waits until `isReady` answers true. Throws with the end of the log when the process ends or `timeoutMs` pass. */
  async ready(isReady, timeoutMs = 30_000) {
    const deadline = Date.now() + timeoutMs;
    while (!(await isReady().catch(() => false))) {
      if (this.running && Date.now() < deadline) {
        await sleep(15);
        continue;
      }
      const reason = this.running ? `was not ready after ${timeoutMs} ms` : 'ended before it was ready';
      await this.stop();
      throw new Error(`${this.#child.spawnargs[4]} ${reason}:\n${readFileSync(this.#log, 'utf8').slice(-2_000)}`);
    }
  }
}
