/**
 * Checks the alerts of Prometheus: `node tools/promtool.mjs` checks and tests the rules in deploy/prometheus;
 * with arguments it is promtool itself. The binary is the one on the PATH, else that of Debian's package, fetched once
 * into the project's `.cache` folder. Installs nothing and needs no root.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onPath } from './services/on-path.mjs';
import { unpack } from './services/redis-binary.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CACHE = join(ROOT, '.cache');
const PROMETHEUS = join(ROOT, 'deploy', 'prometheus');

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = main(process.argv.slice(2));

/**
 * @returns {string} the path of promtool
 * @throws when there is none and none can be fetched; the message says what to do.
 */
export function promtoolBinary() {
  const installed = onPath('promtool');
  if (installed) return installed;
  const home = join(CACHE, 'prometheus');
  const binary = join(home, 'usr', 'bin', 'promtool');
  if (!existsSync(binary)) fetchPackage(home, binary);
  return binary;
}

function main(args) {
  if (args.length > 0) return run(args);
  const rules = join(PROMETHEUS, 'rules.yml');
  const checked = run(['check', 'rules', '--lint=all', '--lint-fatal', rules]);
  const configured = run(['check', 'config', '--lint=all', '--lint-fatal', join(PROMETHEUS, 'prometheus.yml')]);
  return checked || configured || run(['test', 'rules', join(PROMETHEUS, 'rules.test.yml')]);
}

function run(args) {
  const { status, error } = spawnSync(promtoolBinary(), args, { stdio: 'inherit' });
  if (error) throw error;
  return status ?? 1;
}

/** Fetches aside and moves into place in one step, so that runs that start side by side do not see half of it. */
function fetchPackage(home, binary) {
  mkdirSync(CACHE, { recursive: true });
  const aside = mkdtempSync(join(CACHE, 'prometheus-fetch-'));
  try {
    unpack(aside, ['prometheus']);
    execFileSync(join(aside, 'usr', 'bin', 'promtool'), ['--version'], { stdio: 'pipe' });
    if (!existsSync(home)) renameSync(aside, home);
  } catch (cause) {
    if (existsSync(binary)) return;
    const told = String(cause.stderr ?? '').trim() || cause.message;
    throw new Error(
      `The alerts are checked by promtool, and none was found or fetched (${told}). Install Prometheus.`,
      {
        cause,
      },
    );
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}
