import { existsSync } from 'node:fs';
import { redisCommand, startRedis } from './services.js';

describe('a Redis of one’s own', () => {
  it('answers, forgets on restart, and keeps what it held when asked to', async () => {
    const redis = await startRedis({ args: ['--maxmemory', '20mb'] });
    try {
      await redisCommand(redis, 'SET', 'kept', 'yes');
      await redis.restart({ keepRdb: true });
      expect(await redisCommand(redis, 'GET', 'kept')).toBe('yes');
      expect(await redisCommand(redis, 'CONFIG', 'GET', 'maxmemory')).toEqual(['maxmemory', '20971520']);
      await redis.restart();
      expect(await redisCommand(redis, 'GET', 'kept')).toBeNull();
    } finally {
      await redis.stop();
    }
  });

  it('comes back on the same port after a crash', async () => {
    const redis = await startRedis();
    try {
      redis.signal('SIGKILL');
      await redis.restart();
      expect(await redisCommand(redis, 'PING')).toBe('PONG');
    } finally {
      await redis.stop();
    }
  });

  it('answers nothing while it is frozen, and stops all the same', async () => {
    const redis = await startRedis();
    redis.signal('SIGSTOP');
    await expect(redisCommand({ port: redis.port, timeoutMs: 100 }, 'PING')).rejects.toThrow('no reply');
    await redis.stop();
    await expect(redisCommand(redis, 'PING')).rejects.toThrow('ECONNREFUSED');
    expect(existsSync(redis.dir)).toBe(false);
  });

  it('says why it did not start', async () => {
    await expect(startRedis({ args: ['--no-such-setting', 'x'] })).rejects.toThrow('no-such-setting');
  });
});
