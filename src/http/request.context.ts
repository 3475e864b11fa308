import type { ServerResponse } from 'node:http';
import type { StorageScope } from '@chaincache/cache';
import type { FastifyInstance } from 'fastify';
import { clientContext, clientOf } from '../source/client.context.js';

/** Of requests that are worked on. */
const scopes = new WeakMap<ServerResponse, StorageScope>();

/**
 * Tells everything that a request leads to whose request it is, and the client which one it was: `x-request-id`. That is
 * known until the answer is there to be sent, even if the client has left meanwhile.
 */
export function carryClientContext(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    const scope = clientContext.begin({ client: clientOf(request.ip), requestId: request.id });
    scopes.set(reply.raw, scope);
    scope.run(done);
  });
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    leaveClientContext(reply.raw);
    done();
  });
}

/** What follows of a response is nobody's, such as a stream that may stay open for hours. */
export function leaveClientContext(response: ServerResponse): void {
  scopes.get(response)?.end();
}
