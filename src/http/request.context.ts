import type { FastifyInstance } from 'fastify';
import { clientContext, clientOf } from '../source/client.context.js';

/**
 * Tells everything that a request leads to whose request it is. It is set after the body was parsed: the parser goes on
 * in the socket's own context, and what was set before it would be lost.
 */
export function carryClientContext(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    done();
  });
  fastify.addHook('preValidation', (request, _reply, done) => {
    clientContext.run({ client: clientOf(request.ip), requestId: request.id }, done);
  });
}
