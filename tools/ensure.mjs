/**
 * Makes a clone ready to run: `node tools/ensure.mjs <project folders…>` installs what the lockfile names, when that is
 * not what is installed, compiles the named TypeScript projects where their sources changed, and builds the page that
 * the API serves when `apps/web` (or everything) is named.
 * Runs before `npm start` and `npm test`, when nothing may be installed yet: Node's own modules only.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isInstalled } from './installed-packages.mjs';
import { withLock } from './lock-file.mjs';
import { buildWebPage } from './web-page.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PAGE = 'apps/web';
const projects = process.argv.slice(2);

await withLock(join(ROOT, '.cache', 'ensure.lock'), () => {
  if (!isInstalled(ROOT)) install();
  build();
  if (projects.includes('.') || projects.includes(PAGE)) buildWebPage();
});

/** By the npm and the Node that run this script; development tools are wanted whatever NODE_ENV says. */
function install() {
  const args = ['ci', '--include=dev', '--include=optional', '--loglevel=error', '--no-audit', '--no-fund'];
  const npm = process.env.npm_execpath ?? '';
  process.stderr.write('Installing dependencies from package-lock.json (about a minute)\n');
  if (npm.endsWith('npm-cli.js')) run(process.execPath, [npm, ...args]);
  else run('npm', args);
}

/** The compiler looks for itself at what changed since its last run. */
function build() {
  run(process.execPath, [join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-b', ...projects]);
}

/** What a child prints goes to stderr: stdout belongs to the program that runs next. */
function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: ROOT, stdio: ['ignore', 2, 2] });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}
