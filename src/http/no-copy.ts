import type { FastifyInstance } from 'fastify';

/** Of an answer that says nothing else, no copy may be kept: browsers and proxies would otherwise guess for how long. */
export function keepNoCopies(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (request, reply, _payload, done) => {
    const isSilent = request.url.startsWith('/api/') && reply.getHeader('cache-control') === undefined;
    if (isSilent) void reply.header('cache-control', 'no-store');
    done();
  });
}
