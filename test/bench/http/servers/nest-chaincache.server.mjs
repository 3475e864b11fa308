/** A Nest handler that is `@Cached` with staleness 0: L1 is never believed, each request reads from Redis. */
import { Catalog, defineEntry } from '@chaincache/cache';
import { Cached, CacheHeadersInterceptor, CacheModule } from '@chaincache/cache/nest';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { options } from '../../process.mjs';
import { LIFE_MS } from '../../workload.mjs';
import { listenNest, valuesOf } from './nest.application.mjs';
import { serveHttp } from './serve-http.mjs';

const { redisUrl } = options;

serveHttp(({ bodies, headers }) => {
  const values = valuesOf(bodies);
  const tokens = defineEntry()('tokens', 'tokens:{address}', { fresh: LIFE_MS, staleness: 0 });
  return listenNest({
    headers,
    imports: [
      EventEmitterModule.forRoot(),
      CacheModule.forRoot({ catalog: new Catalog([tokens]), redis: { url: redisUrl } }),
    ],
    interceptors: [CacheHeadersInterceptor],
    decorators: [Cached(tokens)],
    answer: async (address) => values.get(address),
  });
});
