/** Nest with its own CacheInterceptor, set up as its documentation does (techniques/caching). */
import KeyvRedis from '@keyv/redis';
import { CacheInterceptor, CacheModule } from '@nestjs/cache-manager';
import { options } from '../../process.mjs';
import { LIFE_MS } from '../../workload.mjs';
import { listenNest, valuesOf } from './nest.application.mjs';
import { serveHttp } from './serve-http.mjs';

const { platform, redisUrl } = options;

serveHttp(({ bodies, headers }) => {
  const values = valuesOf(bodies);
  const stores = redisUrl === undefined ? {} : { stores: [new KeyvRedis(redisUrl)] };
  return listenNest({
    headers,
    platform,
    imports: [CacheModule.register({ ttl: LIFE_MS, ...stores })],
    interceptors: [CacheInterceptor],
    answer: (address) => values.get(address),
  });
});
