import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { ReadyConnection } from './ready.connection.js';

/** Where Node's server notes what a connection is at work on: it closes none with something there. Not documented. */
const WORK = '_httpMessage';
const UNFINISHED = { finished: false };

/**
 * Has the server's `closeIdleConnections`, and `close` with it, spare the connections of which it does not know that they are
 * answered: they end once they have their answer.
 */
export function spareBusy(server: Server, connections: ReadonlyMap<Socket, ReadyConnection>): void {
  const closeIdle = server.closeIdleConnections.bind(server);
  server.closeIdleConnections = () => {
    const busy = [...connections].filter(([, connection]) => connection.isBusy);
    for (const [socket] of busy) note(socket, UNFINISHED);
    closeIdle();
    for (const [socket, connection] of busy) {
      // As before: a busy one has no response of Node's.
      note(socket, null);
      connection.end();
    }
  };
}

function note(socket: Socket, work: typeof UNFINISHED | null): void {
  (socket as { [WORK]?: typeof work })[WORK] = work;
}
