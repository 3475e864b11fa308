import type { FastifyInstance } from 'fastify';
import { clientContext, clientOf } from '../source/client.context.js';

/** Tells everything that a request leads to whose request it is, and the client which one it was: `x-request-id`. */
export function carryClientContext(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    clientContext.run({ client: clientOf(request.ip), requestId: request.id }, done);
  });
}
