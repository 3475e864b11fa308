import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { MEASURED } from '../pinning.mjs';
import { atMost, scenario } from '../scenario.mjs';

const ROOT = new URL('../../../', import.meta.url);
const DEVNET = new URL('../http/servers/devnet.server.mjs', import.meta.url);
const LISTENING = /^ready http/;

/** What `npm start` hands to Node. */
async function startArguments() {
  const { scripts } = JSON.parse(await readFile(new URL('package.json', ROOT), 'utf8'));
  const [, ...args] = scripts.start.split(' ');
  return args.map((arg) => (arg.startsWith('--') ? arg : fileURLToPath(new URL(arg, ROOT))));
}

/** Starts the API, waits until it says that it is ready, and stops it. */
async function startOnce(arena, environment, cwd) {
  const began = performance.now();
  const child = spawn(process.execPath, await startArguments(), {
    cwd,
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { PATH: process.env.PATH, PORT: '0', LOG_LEVEL: 'fatal', ...environment },
  });
  arena.pin(child.pid, MEASURED);
  const ended = once(child, 'exit');
  let ready = false;
  for await (const line of createInterface({ input: child.stdout })) {
    ready = LISTENING.test(line);
    if (ready) break;
  }
  if (!ready) throw new Error('the API ended before it was ready: npm run build');
  const seconds = (performance.now() - began) / 1_000;
  const megabytes = await residentMegabytes(child.pid);
  child.stdout.resume();
  child.kill('SIGTERM');
  await ended;
  return { 'to ready': seconds, RSS: megabytes };
}

async function residentMegabytes(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)[1]) / 1_024;
}

async function start(arena) {
  const devnet = await arena.aside(DEVNET);
  const { environment } = await devnet.ask('listen');
  const cwd = await mkdtemp(join(tmpdir(), 'chaincache-start-'));
  // The embedded database runs as another user when this is run as root.
  await chmod(cwd, 0o755);
  await startOnce(arena, environment, cwd);
  return {
    round: () => startOnce(arena, environment, cwd),
    close: () => rm(cwd, { recursive: true, force: true }),
  };
}

export default scenario({
  name: 'start',
  title: '`npm start` of what is installed, a second time: to ready, and memory of the API then',
  figures: { 'to ready': { unit: 's', better: 'lower' }, RSS: { unit: 'MB', better: 'lower' } },
  contestants: {
    Chaincache: { role: 'ours', settings: 'embedded database, no Redis, a devnet that runs already', start },
  },
  goals: [atMost(3, 's', { figure: 'to ready' }), atMost(150, 'MB', { figure: 'RSS' })],
  bounds: `Loading the code is the most of it, 2 500 modules, then the embedded database, which is started beside it; migrations
that were made already are looked at only. Of the memory a third is Node's own program, a third what the modules hold, and
the rest room for garbage: \`--max-semi-space-size=8\`, as \`npm start\` has it, halves what Node keeps free for new objects,
which is 14 MB, and no answer needed measurably more processor time for it, not even where each one decodes its value anew.
The SDKs of thirdweb are loaded when they are first needed. What would move it: a bundle of the modules.`,
});
