import { startRedis } from './test-services.mjs';

/**
 * One Redis for the whole run, which specs share. A spec that injects faults or counts what the server
 * holds starts its own. What the environment names already is used as it is.
 */
export default async function setUp() {
  const started = [];
  if (!process.env.TEST_REDIS_URL) {
    const redis = await startRedis();
    started.push(redis);
    process.env.TEST_REDIS_URL = redis.url;
  }
  globalThis.startedTestServices = started;
}
