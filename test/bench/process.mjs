/** What every process of a contestant has in common. */
import { Session } from 'node:inspector/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { obey, workerOptions } from '../check/workers.mjs';
import { MEASURED, pin } from './pinning.mjs';

const PROFILE_EVERY_US = 200;

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc');
const session = new Session();

/** Before a round: what it leaves, it leaves to all alike. */
export const collectOnce = () => gc();

/** Collects garbage until nothing more of it is found, as far as one can know. */
export function collectGarbage() {
  for (let times = 0; times < 3; times += 1) gc();
}

/** The options that the arena started this process with. */
export const options = workerOptions();
if (options.core !== undefined) pin(process.pid, options.core);

/** Answers what the arena and the scenario ask of this process: see `obey`. */
export function serve(handlers) {
  obey({
    settle() {
      if (options.core === undefined) pin(process.pid, MEASURED);
    },

    collectGarbage: collectOnce,

    async startProfile() {
      session.connect();
      await session.post('Profiler.enable');
      await session.post('Profiler.setSamplingInterval', { interval: PROFILE_EVERY_US });
      await session.post('Profiler.start');
    },

    async stopProfile() {
      const { profile } = await session.post('Profiler.stop');
      session.disconnect();
      return profile;
    },

    ...handlers,
  });
}
