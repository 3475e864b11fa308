import { redisCommand } from '../../tools/test-services.mjs';
import { Pace } from './pace.mjs';

/**
 * How much of some work is done by the second of processor time of whoever is busier: this process or the Redis beside it. With
 * both on cores of their own and enough in flight that is what the clock shows; unlike the clock it leaves out what else a
 * shared machine does meanwhile.
 *
 * @param {string | undefined} redisUrl none: this process alone
 * @param {(pace: Pace) => Promise<number>} work tells the pace how far it has come, and gives how much it did
 */
export async function busierPerSecond(redisUrl, work) {
  const redisBefore = await redisMs(redisUrl);
  const pace = new Pace();
  const { tookMs, perProcessorSecond } = pace.end(await work(pace));
  const redisTookMs = (await redisMs(redisUrl)) - redisBefore;
  return perProcessorSecond * Math.min(1, tookMs / redisTookMs);
}

async function redisMs(redisUrl) {
  if (redisUrl === undefined) return 0;
  const info = await redisCommand({ port: Number(new URL(redisUrl).port) }, 'INFO', 'cpu');
  const seconds = (field) => Number(new RegExp(`^used_cpu_${field}:([\\d.]+)`, 'm').exec(info)[1]);
  return (seconds('user') + seconds('sys')) * 1_000;
}
