import { constants, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Whom PostgreSQL runs as: it refuses to run as root, and then it is the user `postgres`, or `nobody`. Undefined when
 * this process is not root: then it runs as whoever this process is.
 */
export function serverUser(): SystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const found = ['postgres', 'nobody'].map((name) => users.find((user) => user[0] === name)).find(Boolean);
  if (!found) {
    throw new Error(
      'The local PostgreSQL cannot run as root, and there is no user postgres or nobody to run it as: ' +
        'set DATABASE_URL, or start as another user.',
    );
  }
  return { uid: Number(found[2]), gid: Number(found[3]) };
}

/** Whether the user may enter the folder, which exists, and every folder above it. */
export function isReachable(folder: string, user: SystemUser): boolean {
  const way = [resolve(folder)];
  while (dirname(way[0]!) !== way[0]) way.unshift(dirname(way[0]!));
  return way.every((step) => mayEnter(step, user));
}

function mayEnter(folder: string, user: SystemUser): boolean {
  const { mode, uid, gid } = statSync(folder);
  if (uid === user.uid) return (mode & constants.S_IXUSR) !== 0;
  if (gid === user.gid) return (mode & constants.S_IXGRP) !== 0;
  return (mode & constants.S_IXOTH) !== 0;
}
