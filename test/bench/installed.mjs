import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isInstalled } from '../../tools/installed-packages.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));

/** Installs what the benchmarks are measured against, on first use. Users of the product never do. */
export function installPeers() {
  if (isInstalled(HERE)) return;
  process.stderr.write('Installing the peers\n');
  execFileSync('npm', ['ci', '--ignore-scripts', '--loglevel=error'], { cwd: HERE, stdio: ['ignore', 2, 2] });
}
