import type { FastifyReply, FastifyRequest } from 'fastify';
import type { EncodedBody } from './encoded.body.js';

/**
 * Prepares the answer to a conditional GET: validator and `Cache-Control: no-cache`, for a copy that no invalidation
 * reaches must ask again. Returns the body, or undefined with a 304 when the client has these very bytes.
 */
export function conditionalReply(request: FastifyRequest, reply: FastifyReply, body: EncodedBody): Buffer | undefined {
  void reply.header('etag', body.etag).header('cache-control', 'no-cache');
  if (matches(request.headers['if-none-match'], body.etag)) {
    void reply.status(304);
    return undefined;
  }
  void reply.type('application/json; charset=utf-8');
  return body.bytes;
}

/** If-None-Match compares weakly (RFC 9110, 13.1.2): a proxy may have marked our validator as weak. */
function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((candidate) => {
    const value = candidate.trim();
    return value === '*' || value.replace(/^W\//, '') === etag;
  });
}
