import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

jest.setTimeout(60_000);

interface Started {
  readonly runner: ChildProcess;
  readonly servers: readonly { readonly pid: number; readonly dir: string }[];
}

const services = pathToFileURL(`${process.cwd()}/tools/test-services.mjs`).href;

/** A runner as tests are one: it starts a Redis, a frozen Redis and a PostgreSQL, says so, and waits. */
async function startRunner(afterwards: string): Promise<Started> {
  const program = `
    import { startPostgres, startRedis } from '${services}';
    const servers = await Promise.all([startRedis(), startRedis(), startPostgres()]);
    servers[1].signal('SIGSTOP');
    console.log(JSON.stringify(servers.map(({ pid, dir }) => ({ pid, dir }))));
    ${afterwards}`;
  const runner = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface(runner.stdout), 'line')) as [string];
  return { runner, servers: JSON.parse(line) as Started['servers'] };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** What is left of the servers once they had ample time to end. */
async function leftOver({ servers }: Started): Promise<string[]> {
  const left = (): string[] =>
    servers.flatMap(({ pid, dir }) => [
      ...(isRunning(pid) ? [`process ${pid}`] : []),
      ...(existsSync(dir) ? [dir] : []),
    ]);
  for (let tries = 0; tries < 300 && left().length > 0; tries += 1) await sleep(50);
  return left();
}

describe('servers that a runner started', () => {
  it('end with it when it is killed by SIGKILL, and leave no files', async () => {
    const started = await startRunner('setInterval(() => {}, 1000);');
    expect(started.servers.every(({ pid, dir }) => isRunning(pid) && existsSync(dir))).toBe(true);
    started.runner.kill('SIGKILL');
    expect(await leftOver(started)).toEqual([]);
  });

  it('do not keep it alive, and end with it when it forgot to stop them', async () => {
    const started = await startRunner('');
    if (started.runner.exitCode === null) await once(started.runner, 'exit');
    expect(started.runner.exitCode).toBe(0);
    expect(await leftOver(started)).toEqual([]);
  });
});
