import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const lockFile = pathToFileURL(join(process.cwd(), 'tools/lock-file.mjs')).href;

describe('a lock file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'chaincache-lock-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const lock = (): string => join(folder, 'lock');
  const journal = (): string => join(folder, 'journal');

  /** A process that holds the lock for `heldMs` and writes down when it entered and left. */
  function holder(heldMs: number): ChildProcess {
    const program = `
      import { appendFileSync } from 'node:fs';
      import { withLock } from '${lockFile}';
      await withLock(${JSON.stringify(lock())}, async () => {
        appendFileSync(${JSON.stringify(journal())}, 'enter ');
        process.send('entered');
        await new Promise((resolve) => setTimeout(resolve, ${heldMs}));
        appendFileSync(${JSON.stringify(journal())}, 'leave ');
      });
      process.disconnect();`;
    const args = ['--input-type=module', '-e', program];
    return spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  }

  it('lets one process in at a time, also when the one before was killed', async () => {
    const killed = holder(60_000);
    await once(killed, 'message');
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    expect(existsSync(lock())).toBe(true);

    const others = [holder(50), holder(50), holder(50)];
    await Promise.all(others.map((process) => once(process, 'exit')));
    expect(readFileSync(journal(), 'utf8')).toBe(`enter ${'enter leave '.repeat(3)}`);
    expect(existsSync(lock())).toBe(false);
  });
});
