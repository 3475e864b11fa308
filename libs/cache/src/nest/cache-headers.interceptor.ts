import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Observable, tap } from 'rxjs';
import type { CacheResult } from '../index.js';
import { CacheTrace } from './cache.trace.js';

/**
 * Answers with `X-Cache: L1|L2|MISS|STALE` and `Age` (whole seconds) where the handler read from the cache; leaves every
 * other answer alone. With several reads in one request, the last one speaks.
 */
@Injectable()
export class CacheHeadersInterceptor implements NestInterceptor {
  constructor(private readonly host: HttpAdapterHost) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle();
    const response: unknown = context.switchToHttp().getResponse();
    return new Observable((subscriber) => {
      const { trace, scope } = CacheTrace.begin();
      subscriber.add(scope.end);
      return scope.run(() =>
        next
          .handle()
          .pipe(tap(() => this.setHeaders(response, trace.last())))
          .subscribe(subscriber),
      );
    });
  }

  private setHeaders(response: unknown, result: CacheResult<unknown> | undefined): void {
    if (result === undefined) return;
    const { httpAdapter } = this.host;
    httpAdapter.setHeader(response, 'X-Cache', result.tier);
    httpAdapter.setHeader(response, 'Age', String(Math.floor(result.ageMs / 1_000)));
  }
}
