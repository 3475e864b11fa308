import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 200;

/**
 * Runs `work` while no other process does that uses the same file. The file holds its owner's process id; a lock whose
 * owner was killed is taken over.
 */
export async function withLock(file, work) {
  const mine = `${file}.${process.pid}`;
  const release = () => rmSync(file, { force: true });
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(mine, String(process.pid));
  try {
    while (!take(mine, file)) {
      const owner = ownerOf(file);
      if (owner === undefined) continue;
      if (isRunning(owner)) await sleep(POLL_MS);
      else removeLockOf(owner, file, `${mine}.dead`);
    }
  } finally {
    rmSync(mine);
  }
  process.once('exit', release);
  try {
    return await work();
  } finally {
    release();
    process.removeListener('exit', release);
  }
}

/** A link is made in one step, with the id already in it: nobody sees a lock without an owner. */
function take(mine, file) {
  try {
    linkSync(mine, file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Undefined when the lock has gone in the meantime. */
function ownerOf(file) {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Two may find the same dead owner. The slower one finds itself with the faster one's new lock, and puts it back. */
function removeLockOf(dead, file, aside) {
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  if (ownerOf(aside) !== dead) take(aside, file);
  rmSync(aside);
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
