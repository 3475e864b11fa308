import { startSharedServices } from './test-services.mjs';

/**
 * One Redis and one PostgreSQL for the whole run, which specs share. A spec that injects faults, or counts what a server
 * holds, starts its own.
 */
export default async function setUp() {
  const services = await startSharedServices();
  process.env.TEST_REDIS_URL = services.redisUrl;
  process.env.TEST_DATABASE_URL = services.databaseUrl;
  globalThis.sharedTestServices = services;
}
