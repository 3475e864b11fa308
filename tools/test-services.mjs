/**
 * Real servers for tests. As a program it starts a Redis and a PostgreSQL, prints where they are, and stops them when it
 * is interrupted: `node tools/test-services.mjs`.
 */
import { pathToFileURL } from 'node:url';
import { startPostgres } from './services/postgres-server.mjs';
import { startRedis } from './services/redis-server.mjs';

export { createDatabase, dropDatabase } from './services/postgres-database.mjs';
export { startRedisCluster } from './services/redis-cluster.mjs';
export { startSentinel } from './services/redis-sentinel.mjs';
export { redisCommand, redisCommands } from './services/resp-client.mjs';
export { tcpProxy } from './services/tcp-proxy.mjs';
export { startPostgres, startRedis };

/**
 * The Redis and the PostgreSQL that a whole run shares: those that TEST_REDIS_URL and TEST_DATABASE_URL name, else new ones.
 */
export async function startSharedServices() {
  const [redis, postgres] = await Promise.all([
    process.env.TEST_REDIS_URL ? undefined : startRedis(),
    process.env.TEST_DATABASE_URL ? undefined : startPostgres(),
  ]);
  return {
    redisUrl: redis?.url ?? process.env.TEST_REDIS_URL,
    databaseUrl: postgres?.url ?? process.env.TEST_DATABASE_URL,
    stop: async () => void (await Promise.all([redis?.stop(), postgres?.stop()])),
  };
}

async function main() {
  const services = await startSharedServices();
  process.stdout.write(`TEST_REDIS_URL=${services.redisUrl}\nTEST_DATABASE_URL=${services.databaseUrl}\n`);
  const keepAlive = setInterval(() => {}, 60_000);
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      clearInterval(keepAlive);
      void services.stop();
    });
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) void main();
