import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** Who is measured runs on the first core; servers and clients beside it on the other one. */
export const MEASURED = 0;
export const ASIDE = 1;

export const canPin = availableParallelism() > 1 && spawnSync('taskset', ['-V'], { stdio: 'ignore' }).status === 0;

/** Keeps a process, with all its threads, on one core. Does nothing where there is no `taskset`. */
export function pin(pid, core) {
  if (canPin) spawnSync('taskset', ['-apc', String(core), String(pid)], { stdio: 'ignore' });
}
