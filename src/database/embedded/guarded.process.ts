import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { SystemUser } from './system.user.js';

/**
 * The guard is a shell that holds one end of a pipe from this process. The pipe closes when this process ends, however
 * it ends; the guard then asks the server to end, and after ten seconds insists. It reads the server's id from the same
 * pipe: the server writes it itself before it becomes the server, so that at no moment nobody knows of it.
 */
const GUARD = `
read -r server || exit 0
read -r word && exit 0
kill -s INT "$server" 2>/dev/null
tries=0
while kill -0 "$server" 2>/dev/null && [ "$tries" -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
kill -s QUIT "$server" 2>/dev/null
`;
const ANNOUNCE_AND_BECOME = 'echo $$ >&3; exec "$@" 3>&-';
const POLL_MS = 10;
const STOP_TIMEOUT_MS = 8_000;

export interface GuardedOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** What the server prints is appended to it. */
  readonly log: string;
  readonly user: SystemUser | undefined;
}

/** A server that does not outlive this process, not even when this process is killed. Does not keep it alive either. */
export class GuardedProcess {
  private readonly exited: Promise<void>;

  private constructor(
    private readonly child: ChildProcess,
    guard: ChildProcess,
    private readonly log: string,
  ) {
    this.exited = new Promise<void>((resolve) => {
      child.once('error', () => resolve());
      child.once('exit', () => resolve());
    });
    void this.exited.then(() => guard.stdin!.end('ended\n'));
  }

  static start({ command, args, cwd, env, log, user }: GuardedOptions): GuardedProcess {
    const guard = spawn('/bin/sh', ['-c', GUARD], { stdio: ['pipe', 'ignore', 'ignore'], detached: true, cwd: '/' });
    guard.stdin.on('error', () => undefined);
    guard.on('error', () => undefined);
    const output = openSync(log, 'a', 0o600);
    const child = spawn('/bin/sh', ['-c', ANNOUNCE_AND_BECOME, 'server', command, ...args], {
      stdio: ['ignore', output, output, guard.stdin],
      // Its own session: an interrupt typed at the terminal reaches this process, which then ends it in order.
      detached: true,
      cwd,
      env,
      ...user,
    });
    closeSync(output);
    child.unref();
    guard.unref();
    (guard.stdin as unknown as { unref(): void }).unref();
    return new GuardedProcess(child, guard, log);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  get running(): boolean {
    return this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** @returns whether `isReady` came true before the process ended or the time was over */
  async ready(isReady: () => boolean, timeoutMs: number): Promise<boolean> {
    const deadline = performance.now() + timeoutMs;
    while (this.running && performance.now() < deadline) {
      if (isReady()) return true;
      await pause(POLL_MS);
    }
    return false;
  }

  /** Asks it to end, and insists after eight seconds. Resolves when it has ended. */
  async stop(): Promise<void> {
    if (!this.running) return;
    this.child.ref();
    const insist = setTimeout(() => this.child.kill('SIGQUIT'), STOP_TIMEOUT_MS);
    this.child.kill('SIGINT');
    await this.exited;
    clearTimeout(insist);
  }

  /** The end of what it printed. */
  lastWords(): string {
    return readFileSync(this.log, 'utf8').slice(-1_500);
  }
}
