import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MAIN = join(__dirname, '../../dist/main.js');

/** The built application as a process of its own, in an empty folder, with nothing in its environment but what is given. */
export interface MainProcess {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly errors: () => string;
  /** Resolves with the code, or with the signal that ended it. */
  readonly ended: Promise<number | string>;
  /** The address behind the first `ready`. Rejects when the process ends before. */
  readonly ready: Promise<string>;
  remove(): Promise<void>;
}

/** @param folder of an earlier run, to continue from its state */
export async function startMain(environment: Readonly<Record<string, string>>, folder?: string): Promise<MainProcess> {
  const cwd = folder ?? (await mkdtemp(join(tmpdir(), 'chaincache-main-')));
  // As a project's folder is: the local PostgreSQL's own user may enter it.
  await chmod(cwd, 0o755);
  const child = spawn(process.execPath, [MAIN], { cwd, env: { PATH: process.env.PATH, ...environment } });
  let [output, errors] = ['', ''];
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const ended = new Promise<number | string>((resolve) => {
    child.on('close', (code, signal) => resolve(code ?? signal ?? ''));
  });
  const ready = new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const url = /^ready (\S+)$/m.exec(output)?.[1];
      if (url !== undefined) resolve(url);
    });
    void ended.then((code) => reject(new Error(`it ended with ${code}: ${errors}`)));
  });
  // Whoever expects it to fail looks at `ended` only.
  ready.catch(() => undefined);
  return {
    child,
    output: () => output,
    errors: () => errors,
    ended,
    ready,
    remove: async () => {
      child.kill('SIGKILL');
      await ended;
      if (folder === undefined) await rm(cwd, { recursive: true, force: true });
    },
  };
}
