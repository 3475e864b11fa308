export { startRedis } from './services/redis-server.mjs';
export { redisCommand, redisCommands } from './services/resp-client.mjs';
