import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import { leaveClientContext } from './request.context.js';

/**
 * Begins an answer of server-sent events, which the framework has nothing more to do with.
 * @param headers on top of those of every stream
 * @returns where the events are written
 */
export function beginEventStream(reply: FastifyReply, headers: OutgoingHttpHeaders = {}): ServerResponse {
  const { raw } = reply.hijack();
  leaveClientContext(raw);
  // What hooks decided, such as who may read this, holds for a stream as well.
  for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) raw.setHeader(name, value);
  return raw.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    // nginx would hold events back until its buffer is full.
    'x-accel-buffering': 'no',
    ...headers,
  });
}
