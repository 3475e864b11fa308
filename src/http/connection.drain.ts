import type { FastifyInstance } from 'fastify';

/**
 * While the application drains, each answer also ends its connection: the client's next request goes elsewhere, and no
 * idle connection is left that would be cut just when a request is sent on it, or hold the process until it times out.
 */
export function closeConnectionsWhenDraining(fastify: FastifyInstance, isDraining: () => boolean): void {
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    if (isDraining()) void reply.header('connection', 'close');
    done();
  });
}
