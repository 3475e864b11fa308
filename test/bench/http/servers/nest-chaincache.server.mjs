/**
 * A Nest handler that is `@Cached` with staleness 0: L1 is never believed, each request is answered from Redis. With
 * `ahead` it is answered before Nest, as the library's README has it.
 */
import { randomUUID } from 'node:crypto';
import { Catalog, HitReader, defineEntry } from '@chaincache/cache';
import { HotAnswers, answerAhead } from '@chaincache/cache/http';
import { Cached, CacheHeadersInterceptor, CacheModule } from '@chaincache/cache/nest';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { tap } from 'rxjs';
import { options } from '../../process.mjs';
import { LIFE_MS } from '../../workload.mjs';
import { listenNest, valuesOf } from './nest.application.mjs';
import { serveHttp } from './serve-http.mjs';

const { redisUrl, ahead } = options;

const tokens = defineEntry()('tokens', 'tokens:{address}', { fresh: LIFE_MS, staleness: 0 });

let answers;
const learning = {
  intercept(context, next) {
    const [request, reply] = [context.switchToHttp().getRequest(), context.switchToHttp().getResponse()];
    const ref = tokens.ref({ address: request.params.address });
    void reply.header('content-type', 'application/json; charset=utf-8');
    const learn = () => answers.learn(request.raw, { ref, render: (value) => value }, reply.getHeaders());
    return next.handle().pipe(tap(learn));
  },
};

serveHttp(({ bodies, headers }) => {
  const values = valuesOf(bodies);
  return listenNest({
    headers,
    imports: [
      EventEmitterModule.forRoot(),
      CacheModule.forRoot({ catalog: new Catalog([tokens]), redis: { url: redisUrl } }),
    ],
    interceptors: ahead ? [CacheHeadersInterceptor, learning] : [CacheHeadersInterceptor],
    decorators: [Cached(tokens)],
    answer: async (address) => values.get(address),
    listens(app) {
      if (!ahead) return;
      answers = new HotAnswers(app.get(HitReader, { strict: false }), { requestId: () => randomUUID() });
      answerAhead(app.getHttpServer(), answers);
    },
  });
});
