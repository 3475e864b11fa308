import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { ReadyConnection } from './ready.connection.js';

/** Where Node's server notes what a connection is at work on: it closes none with something there. Not documented. */
const WORK = '_httpMessage';
const UNFINISHED = { finished: false };

interface Worker {
  [WORK]: unknown;
}

/**
 * Has the server's `closeIdleConnections`, and `close` with it, spare the connections of which it does not know that they are
 * answered: they end once they have their answer.
 */
export function spareBusy(server: Server, connections: ReadonlyMap<Socket, ReadyConnection>): void {
  const closeIdle = server.closeIdleConnections.bind(server);
  server.closeIdleConnections = () => {
    const busy = [...connections].filter(([, connection]) => connection.isBusy);
    const workers = busy.map(([socket]) => socket as unknown as Worker);
    const before = workers.map((worker) => worker[WORK]);
    for (const worker of workers) worker[WORK] = UNFINISHED;
    closeIdle();
    for (const [at, worker] of workers.entries()) worker[WORK] = before[at];
    for (const [, connection] of busy) connection.end();
  };
}
