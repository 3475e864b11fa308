import type { FastifyInstance } from 'fastify';

/**
 * Once the server closes, each answer that was under way also ends its connection. Otherwise a client's idle keep-alive
 * connection would hold the process until it times out.
 */
export function closeConnectionsWhenDraining(fastify: FastifyInstance): void {
  let draining = false;
  fastify.addHook('preClose', (done) => {
    draining = true;
    done();
  });
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    if (draining) void reply.header('connection', 'close');
    done();
  });
}
