/**
 * Builds the Wallet Sweep page where its sources changed since the last build: `node tools/web-page.mjs`, or from
 * tools/ensure.mjs. What it was built from is told by a digest beside the page.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PAGE = join(ROOT, 'apps', 'web');
/** All that can change the page. The hooks are taken as they were compiled. */
const SOURCES = ['package-lock.json', 'apps/web', 'libs/react/dist', 'tools/web-page.mjs'];
const NOT_SOURCE = /(^|[\\/])(node_modules|apps[\\/]web[\\/]dist)([\\/]|$)|\.tsbuildinfo$/;

/** @returns whether it had to be built */
export function buildWebPage() {
  const digestFile = join(PAGE, 'dist', '.digest');
  const digest = digestOf(SOURCES);
  if (existsSync(digestFile) && readFileSync(digestFile, 'utf8') === digest) return false;
  const vite = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js');
  const { status, error } = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
    cwd: PAGE,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
  writeFileSync(digestFile, digest);
  return true;
}

function digestOf(paths) {
  const hash = createHash('sha256');
  for (const file of paths.flatMap(filesOf))
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(ROOT, file)))
      .update('\0');
  return hash.digest('hex');
}

function filesOf(path) {
  if (statSync(join(ROOT, path)).isFile()) return [path];
  return readdirSync(join(ROOT, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length))
    .filter((file) => !NOT_SOURCE.test(file))
    .sort();
}

if (resolve(process.argv[1] ?? '') === fileURLToPath(import.meta.url)) buildWebPage();
