import type { OnModuleInit } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import type { Tracing } from './tracing.port.js';

/** Puts each request under a span of its own, so that what the cache did for it stands below. */
export class RequestTracing implements OnModuleInit {
  constructor(
    private readonly adapter: HttpAdapterHost,
    private readonly tracing: Tracing | null,
  ) {}

  onModuleInit(): void {
    const { tracing } = this;
    if (tracing === null) return;
    const fastify: FastifyInstance = this.adapter.httpAdapter.getInstance();
    fastify.addHook('onRequest', (request, reply, done) => {
      const { method, headers, routeOptions } = request;
      const ended = tracing.during({ method, headers, route: routeOptions.url ?? 'unknown' }, done);
      reply.raw.once('close', () => ended(reply.statusCode));
    });
  }

  close(): Promise<void> {
    return this.tracing?.close() ?? Promise.resolve();
  }
}
