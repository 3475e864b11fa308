import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onPath } from './on-path.mjs';

const CACHE = fileURLToPath(new URL('../../.cache/', import.meta.url));
const MAX_ROUNDS = 5;

/**
 * The Redis server of this machine: `valkey-server` or `redis-server` on the PATH, else the one of the Debian package,
 * fetched once into the project's `.cache` folder. Installs nothing and needs no root.
 *
 * @returns {{ command: string, env: Record<string, string> }}
 * @throws when there is none and none can be fetched; the message says what to do.
 */
export function redisBinary() {
  const installed = onPath('valkey-server') ?? onPath('redis-server');
  if (installed) return { command: installed, env: {} };
  const home = join(CACHE, 'redis');
  if (!existsSync(home)) fetchPackage(home);
  return binaryIn(home);
}

function binaryIn(home) {
  const lib = join(home, 'usr', 'lib');
  const folders = existsSync(lib) ? readdirSync(lib).map((name) => join(lib, name)) : [];
  return { command: join(home, 'redis-server'), env: { LD_LIBRARY_PATH: folders.join(':') } };
}

/** Fetches aside and moves into place in one step, so that suites that start side by side do not see half of it. */
function fetchPackage(home) {
  mkdirSync(CACHE, { recursive: true });
  const aside = mkdtempSync(join(CACHE, 'redis-fetch-'));
  try {
    unpack(aside, ['redis-tools', 'libjemalloc2', 'liblzf1']);
    // Debian ships one binary under several names; it is a server when its name does not say otherwise.
    symlinkSync(join('usr', 'bin', 'redis-check-rdb'), join(aside, 'redis-server'));
    addMissingLibraries(aside);
    execFileSync(join(aside, 'redis-server'), ['--version'], {
      env: { ...process.env, ...binaryIn(aside).env },
      stdio: 'pipe',
    });
    if (!existsSync(home)) renameSync(aside, home);
  } catch (cause) {
    if (!existsSync(home)) {
      const told = String(cause.stderr ?? '').trim() || cause.message;
      throw new Error(
        `Tests need a Redis server, and none was found or fetched (${told}). ` +
          'Install redis-server or valkey-server, or set TEST_REDIS_URL to a server that tests may use.',
        { cause },
      );
    }
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/** A slim image lacks libraries that a full system has: what the loader misses is fetched as well. */
function addMissingLibraries(home) {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const told = execFileSync('ldd', [join(home, 'redis-server')], {
      encoding: 'utf8',
      env: { ...process.env, ...binaryIn(home).env },
    });
    const missing = [...told.matchAll(/^\s*(\S+) => not found/gm)].map(([, library]) => packageOf(library));
    if (missing.length === 0) return;
    unpack(home, [...new Set(missing)]);
  }
}

/** Debian names a library's package after it: libatomic.so.1 is in libatomic1, liblz4.so.1 in liblz4-1. */
function packageOf(library) {
  if (library.startsWith('libcrypto.so.')) return library.replace('libcrypto.so.', 'libssl');
  const [name, version] = library.split('.so.');
  return /\d$/.test(name) ? `${name}-${version}` : `${name}${version}`;
}

/** Unpacks packages of this Debian into a folder; the project's `.cache` folder must exist. */
export function unpack(home, packages) {
  const downloads = mkdtempSync(join(CACHE, 'apt-'));
  const run = (command, args) => execFileSync(command, args, { cwd: downloads, stdio: 'pipe' });
  try {
    try {
      run('apt-get', ['download', ...packages]);
    } catch {
      // No package lists yet: they are read into the cache folder, not into the system, so this needs no root.
      const lists = join(downloads, 'lists');
      const state = ['-o', `Dir::State::lists=${lists}`, '-o', `Dir::Cache=${join(downloads, 'cache')}`];
      mkdirSync(join(lists, 'partial'), { recursive: true });
      run('apt-get', [...state, 'update']);
      run('apt-get', [...state, 'download', ...packages]);
    }
    for (const file of readdirSync(downloads).filter((name) => name.endsWith('.deb')))
      run('dpkg-deb', ['-x', file, home]);
  } finally {
    rmSync(downloads, { recursive: true, force: true });
  }
}
