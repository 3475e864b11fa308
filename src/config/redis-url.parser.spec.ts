import { redisPlace } from './redis-url.parser.js';

describe('REDIS_URL', () => {
  it.each<[string, object]>([
    ['redis://cache', { url: 'redis://cache' }],
    ['redis://:p%40ss@cache:6380/2', { url: 'redis://:p%40ss@cache:6380/2' }],
    ['rediss://user:pass@cache', { url: 'rediss://user:pass@cache' }],
    [
      'redis+sentinel://a,b:26380/main',
      {
        sentinels: [
          { host: 'a', port: 26379 },
          { host: 'b', port: 26380 },
        ],
        name: 'main',
      },
    ],
    [
      'rediss+sentinel://user:p%40ss@[::1]:26379/main/3',
      { sentinels: [{ host: '::1', port: 26379 }], name: 'main', db: 3, username: 'user', password: 'p@ss', tls: {} },
    ],
    [
      'redis+cluster://:secret@a:7000,b',
      {
        cluster: [
          { host: 'a', port: 7000 },
          { host: 'b', port: 6379 },
        ],
        password: 'secret',
      },
    ],
  ])('%s says where Redis is', (text, place) => {
    expect(redisPlace.parse(text)).toEqual(place);
  });

  it.each([
    'cache:6379',
    'http://cache',
    'redis://',
    'redis://cache/main',
    'redis+sentinel://a,b',
    'redis+sentinel://a,,b/main',
    'redis+sentinel://a:0/main',
    'redis+sentinel://a/main/x',
    'redis+cluster://a/1',
    'redis+cluster://a:99999',
    'redis+cluster://%zz:x@a',
    'redis+other://a',
  ])('%s is refused', (text) => {
    expect(redisPlace.safeParse(text).success).toBe(false);
  });
});
