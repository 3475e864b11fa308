import { channel } from 'node:diagnostics_channel';
import { type RequestListener, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { HotAnswers } from './hot.answers.js';
import { spareBusy } from './idle.closing.js';
import { ReadyConnection } from './ready.connection.js';

/** Who follows requests by these is to see each of them. */
const FOLLOWED = ['request.start', 'response.created', 'response.finish'].map((name) => channel(`http.server.${name}`));

/**
 * Puts the ready answers in front of the framework: a request that they know is answered by them, any other one goes on.
 * Call it once the framework listens to the server's requests, and before the server listens.
 *
 * Most are answered without Node making objects of a request. A server that closes waits for them. Where somebody else listens
 * to the server's requests as well, or follows them by `diagnostics_channel`, or the server limits requests or headers of a
 * connection, and with TLS, Node makes them all.
 *
 * @param isOpen while it says no, all requests go on. Default: always open
 */
export function answerAhead(server: Server, answers: HotAnswers, isOpen: () => boolean = () => true): void {
  const framework = server.listeners('request') as RequestListener[];
  const connections = new Map<Socket, ReadyConnection>();
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    const connection = connections.get(request.socket);
    if (connection !== undefined) response.once('close', () => connection.responded());
    const goOn = (): void => {
      for (const listener of framework) listener(request, response);
    };
    if (isOpen() && connection?.isAskedFor !== true) answers.answer(request, response, goOn);
    else goOn();
  });
  if (!(server instanceof Server)) return;

  const mayAnswer = (): boolean =>
    isOpen() && server.listenerCount('request') === 1 && !FOLLOWED.some(({ hasSubscribers }) => hasSubscribers);
  server.on('connection', (socket: Socket) => {
    const [parse, ...others] = socket.listeners('data') as ((chunk: Buffer) => void)[];
    if (parse === undefined || others.length > 0 || isLimited(server)) return;
    connections.set(socket, new ReadyConnection(socket, parse, answers, mayAnswer, server));
    socket.once('close', () => connections.delete(socket));
  });
  spareBusy(server, connections);
}

function isLimited({ maxRequestsPerSocket, maxHeadersCount }: Server): boolean {
  return (maxRequestsPerSocket ?? 0) > 0 || typeof maxHeadersCount === 'number';
}
