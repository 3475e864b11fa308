import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';

/** One line for each request, by its route's pattern: addresses in the path are nobody's business. */
export function logRequests(fastify: FastifyInstance, logger: Logger): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const level = reply.statusCode >= 500 ? 'warn' : 'debug';
    logger[level]({
      event: 'request',
      requestId: request.id,
      method: request.method,
      route: request.routeOptions.url ?? '(none)',
      status: reply.statusCode,
      tier: reply.getHeader('x-cache'),
      durationMs: Math.round(reply.elapsedTime * 100) / 100,
    });
    done();
  });
}
