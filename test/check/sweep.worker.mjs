/** Somebody else who uses the Redis that `sweep.mjs` sweeps: in a process of its own, so that only Redis makes it wait. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { monotonicMs, obey, workerOptions } from './workers.mjs';

const PING_EVERY_MS = 1;
const redis = new Redis(workerOptions().redisUrl);
const state = { running: false };
let waits = [];
let pinging = Promise.resolve();

async function ping() {
  while (state.running) {
    const beganMs = monotonicMs();
    await redis.ping();
    waits.push(monotonicMs() - beganMs);
    await sleep(PING_EVERY_MS);
  }
}

obey({
  begin() {
    waits = [];
    state.running = true;
    pinging = ping();
  },
  async end() {
    state.running = false;
    await pinging;
    return waits;
  },
});
