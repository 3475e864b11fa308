import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { findAnvil } from './anvil.binary.js';

export interface AnvilOptions {
  readonly chainId: number;
  readonly mnemonic: string;
  /** How many accounts of the mnemonic get coins and are unlocked. */
  readonly accounts: number;
  /** 0: any free one. */
  readonly port: number;
  readonly loadStateFrom?: string | undefined;
  /** Written when the node is asked to stop. */
  readonly dumpStateTo?: string | undefined;
}

export interface AnvilProcess {
  readonly rpcUrl: string;
  readonly wsUrl: string;
  readonly pid: number;
  /** Resolves when the process is gone, whoever ended it. */
  readonly exited: Promise<void>;
  /** Asks the node to stop, which dumps its state, and waits; after 10 s it is killed. */
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 10_000;

/**
 * The shell between us and anvil holds the reading end of a pipe whose writing end only this process has. However this
 * process ends, SIGKILL included, the pipe closes, and anvil is asked to stop and dumps its state. The shell leaves as
 * soon as anvil does, so it can never signal a process id that was given to somebody else.
 */
const WATCHDOG = `
exec 3<&0
"$@" </dev/null 3<&- &
node=$!
echo "pid $node"
( read -r _ <&3; kill -TERM "$node" 2>/dev/null ) >/dev/null 2>&1 &
watch=$!
wait "$node"
code=$?
kill "$watch" 2>/dev/null
exit "$code"
`;

/** Starts anvil on 127.0.0.1 and resolves when it listens. */
export async function startAnvil(options: AnvilOptions): Promise<AnvilProcess> {
  const child = spawnGuarded(findAnvil(), anvilArguments(options));
  const exited = once(child, 'exit').then(() => undefined);
  try {
    const { pid, port } = await listening(child);
    return {
      rpcUrl: `http://127.0.0.1:${port}`,
      wsUrl: `ws://127.0.0.1:${port}`,
      pid,
      exited,
      stop: () => stop(child, pid, exited),
    };
  } catch (error) {
    child.stdin?.end();
    throw error;
  }
}

function anvilArguments(options: AnvilOptions): string[] {
  const flags: Record<string, string | number | undefined> = {
    '--host': '127.0.0.1',
    '--port': options.port,
    '--chain-id': options.chainId,
    '--mnemonic': options.mnemonic,
    '--accounts': options.accounts,
    '--gas-limit': 1_000_000_000,
    '--order': 'fifo',
    '--load-state': options.loadStateFrom,
    '--dump-state': options.dumpStateTo,
  };
  return Object.entries(flags).flatMap(([flag, value]) => (value === undefined ? [] : [flag, String(value)]));
}

/** In a process group of its own, so that Ctrl-C reaches the devnet alone and it stops its parts in order. */
function spawnGuarded(binary: string, args: string[]): ChildProcess {
  const options = { stdio: ['pipe', 'pipe', 'pipe'] as ['pipe', 'pipe', 'pipe'], detached: true };
  if (process.platform === 'win32') return spawn(binary, args, { ...options, detached: false });
  return spawn('/bin/sh', ['-c', WATCHDOG, 'anvil-watchdog', binary, ...args], options);
}

function listening(child: ChildProcess): Promise<{ pid: number; port: number }> {
  return new Promise((resolve, reject) => {
    let pid = child.pid;
    let lastWords = '';
    const timer = setTimeout(() => fail(`did not listen within ${START_TIMEOUT_MS} ms`), START_TIMEOUT_MS);
    const fail = (why: string): void => {
      clearTimeout(timer);
      reject(new Error(`anvil ${why}${lastWords && `: ${lastWords}`}`));
    };
    child.once('error', (error) => fail(`could not be started: ${error.message}`));
    child.once('exit', (code) => fail(`ended with code ${code} before it listened`));
    child.stderr?.on('data', (data: Buffer) => (lastWords = (lastWords + data.toString()).slice(-500).trim()));
    // Both pipes are read to the end, or the node would block on a full one. Its lines are not kept: they are many.
    createInterface({ input: child.stdout! }).on('line', (line) => {
      pid = Number(/^pid (\d+)$/.exec(line)?.[1] ?? pid);
      const port = /^Listening on .*:(\d+)$/.exec(line)?.[1];
      if (port === undefined || pid === undefined) return;
      clearTimeout(timer);
      resolve({ pid, port: Number(port) });
    });
  });
}

async function stop(child: ChildProcess, pid: number, exited: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.stdin?.end();
  if (process.platform === 'win32') child.kill();
  const timer = setTimeout(() => kill(pid), STOP_TIMEOUT_MS);
  await exited;
  clearTimeout(timer);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has just gone by itself.
  }
}
