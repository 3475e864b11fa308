import { redisCommand } from '../../tools/test-services.mjs';

/**
 * How much processor time some work took, ms: this process's or that of the Redis beside it, whichever is more. With both
 * on cores of their own and enough in flight that is what the clock shows; unlike the clock it leaves out what else a
 * shared machine does meanwhile.
 *
 * @param {string} [redisUrl] none: this process alone
 */
export async function busierMs(redisUrl, work) {
  const redisBefore = await redisMs(redisUrl);
  const before = processorMs();
  await work();
  const tookMs = processorMs() - before;
  const redisAfter = await redisMs(redisUrl);
  return Math.max(tookMs, redisAfter - redisBefore);
}

/** What this process has used so far. */
export function processorMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

async function redisMs(redisUrl) {
  if (redisUrl === undefined) return 0;
  const info = await redisCommand({ port: Number(new URL(redisUrl).port) }, 'INFO', 'cpu');
  const seconds = (field) => Number(new RegExp(`^used_cpu_${field}:([\\d.]+)`, 'm').exec(info)[1]);
  return (seconds('user') + seconds('sys')) * 1_000;
}
