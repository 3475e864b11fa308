import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { GUARDS_METADATA } from '@nestjs/common/constants';
import { ApplicationConfig } from '@nestjs/core';
import { encodeBody, HotAnswers, matchesEtag } from '@chaincache/cache/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { CachedReply } from './cached.reply.js';

/**
 * Sends a `CachedReply` as JSON with a validator and `Cache-Control: no-cache`, for a copy that no invalidation reaches
 * must ask again; a client that has these very bytes gets a 304. What no guard protects is from then on answered by
 * `HotAnswers`, as long as it is cached.
 */
@Injectable()
export class CachedReplyInterceptor implements NestInterceptor {
  constructor(
    private readonly answers: HotAnswers,
    private readonly application: ApplicationConfig,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next
      .handle()
      .pipe(map((result: unknown) => (result instanceof CachedReply ? this.send(context, result) : result)));
  }

  private send(context: ExecutionContext, { value, source }: CachedReply): Buffer | undefined {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const body = encodeBody(source.render(value));
    void reply
      .header('etag', body.etag)
      .header('cache-control', 'no-cache')
      .header('content-type', 'application/json; charset=utf-8');
    if (!this.isGuarded(context)) this.answers.learn(request.raw, source, reply.getHeaders());
    if (!matchesEtag(request.headers['if-none-match'], body.etag)) return body.bytes;
    reply.removeHeader('content-type');
    void reply.status(304);
    return undefined;
  }

  /** Whether a guard decides who may read this route: then each request must meet it. */
  private isGuarded(context: ExecutionContext): boolean {
    const { application } = this;
    if (application.getGlobalGuards().length > 0 || application.getGlobalRequestGuards().length > 0) return true;
    return [context.getHandler(), context.getClass()].some(
      (target) => Reflect.getMetadata(GUARDS_METADATA, target) !== undefined,
    );
  }
}
