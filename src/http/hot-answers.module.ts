import { randomUUID } from 'node:crypto';
import { Global, Module } from '@nestjs/common';
import { HitReader } from '@chaincache/cache';
import { HotAnswers } from '@chaincache/cache/http';

/** The ready answers of all cached GETs. */
@Global()
@Module({
  providers: [
    {
      provide: HotAnswers,
      useFactory: (hits: HitReader) => new HotAnswers(hits, { requestId: () => randomUUID() }),
      inject: [HitReader],
    },
  ],
  exports: [HotAnswers],
})
export class HotAnswersModule {}
