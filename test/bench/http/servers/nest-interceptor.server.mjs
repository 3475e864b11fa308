/** Nest with its own CacheInterceptor, set up as its documentation does (techniques/caching). */
import KeyvRedis from '@keyv/redis';
import { CacheInterceptor, CacheModule } from '@nestjs/cache-manager';
import { ExpressAdapter } from '@nestjs/platform-express';
import { options, serve } from '../../process.mjs';
import { LIFE_MS } from '../../workload.mjs';
import { listenNest, valuesOf } from './nest.application.mjs';

const { platform, redisUrl } = options;

serve({
  listen({ bodies }) {
    const values = valuesOf(bodies);
    const stores = redisUrl === undefined ? {} : { stores: [new KeyvRedis(redisUrl)] };
    return listenNest({
      ...(platform === 'express' && { adapter: new ExpressAdapter() }),
      imports: [CacheModule.register({ ttl: LIFE_MS, ...stores })],
      interceptors: [CacheInterceptor],
      answer: (address) => values.get(address),
    });
  },
});
