import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../test/check/commit-and-die.mjs', import.meta.url));

/** When the process is killed: right after its commit, or some turns of its event loop into the invalidation. */
export interface Death {
  readonly moment: 'before' | 'during';
  readonly turns: number;
}

/** A process that is ready to commit one change and die. */
export interface CommittingProcess {
  /** Adds one credit. Resolves, once the process is dead, with the time of its commit (ms of the wall clock). */
  commitAndDie(wallet: string, death: Death): Promise<number>;
}

export async function startCommittingProcess(urls: {
  readonly databaseUrl: string;
  readonly redisUrl: string;
}): Promise<CommittingProcess> {
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(urls)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  await Promise.race([once(child.stdout, 'data'), exited.then(() => unexpected('ended before it was ready'))]);
  return {
    async commitAndDie(wallet, death) {
      child.stdin.write(JSON.stringify({ wallet, ...death }));
      const [, signal] = await exited;
      const committedAt = Number(output.split('\n')[1]);
      if (signal !== 'SIGKILL' || !(committedAt > 0)) unexpected(`ended by ${String(signal)} after "${output}"`);
      return committedAt;
    },
  };
}

function unexpected(what: string): never {
  throw new Error(`A process that should have committed and died ${what}.`);
}
