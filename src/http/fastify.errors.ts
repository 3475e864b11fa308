import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem, PROBLEM_TYPE } from './problem.js';

interface CodedError {
  readonly code?: string;
  readonly statusCode?: number | undefined;
}

/** Answers what Fastify's router refuses before any handler runs: an address that cannot be decoded, or is too long. */
export function refuseAddress(error: CodedError, request: FastifyRequest, reply: FastifyReply): void {
  const status = error.statusCode ?? 400;
  const expected = status === 414 ? 'should be shorter' : 'should be percent-encoded UTF-8';
  const problem = new Problem(status, `The address of the request ${expected}.`, {
    errors: [{ field: 'path', message: expected }],
  });
  void reply
    .status(status)
    .header('cache-control', 'no-store')
    .type(PROBLEM_TYPE)
    .send(JSON.stringify(problem.body(`urn:uuid:${request.id}`)));
}

/** Answers what is no HTTP request at all, or has headers beyond Node's limit, and hangs up. */
export function refuseConnection(error: CodedError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return void socket.destroy();
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
  const title = STATUS_CODES[status]!;
  const body = JSON.stringify({
    type: 'about:blank',
    title,
    status,
    detail: 'This could not be read as an HTTP request.',
  });
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    `content-type: ${PROBLEM_TYPE}`,
    `content-length: ${body.length}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
