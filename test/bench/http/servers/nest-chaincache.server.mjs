/** A Nest handler that is `@Cached` with staleness 0: L1 is never believed, each request reads from Redis. */
import { Catalog, defineEntry } from '@chaincache/cache';
import { Cached, CacheHeadersInterceptor, CacheModule } from '@chaincache/cache/nest';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { options, serve } from '../../process.mjs';
import { LIFE_MS } from '../../workload.mjs';
import { listenNest, valuesOf } from './nest.application.mjs';

const { redisUrl } = options;

serve({
  listen({ bodies }) {
    const values = valuesOf(bodies);
    const tokens = defineEntry()('tokens', 'tokens:{address}', { fresh: LIFE_MS, staleness: 0 });
    return listenNest({
      imports: [
        EventEmitterModule.forRoot(),
        CacheModule.forRoot({ catalog: new Catalog([tokens]), redis: { url: redisUrl } }),
      ],
      interceptors: [CacheHeadersInterceptor],
      decorators: [Cached(tokens)],
      answer: async (address) => values.get(address),
    });
  },
});
