import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** Who has connected to send a request at once begins it within this, … */
const SILENT_MS = 1_000;
/** … and has sent its head within this. */
const HEAD_MS = 5_000;
const LOOK_EVERY_MS = 250;

/**
 * While the application drains, each answer also ends its connection: the client's next request goes elsewhere, and no
 * idle connection is left that would be cut just when a request is sent on it, or hold the process until it times out.
 *
 * A connection whose first request never came (browsers and load balancers open some ahead) is no idle one to Node,
 * which would wait for that request for a minute: here it is closed after a second of silence.
 */
export function closeConnectionsWhenDraining(fastify: FastifyInstance, isDraining: () => boolean): void {
  /** Connections without a request that the framework has seen, and since when they are open. */
  const unseen = new Map<Socket, number>();
  fastify.server.on('connection', (socket: Socket) => {
    unseen.set(socket, performance.now());
    socket.once('close', () => unseen.delete(socket));
  });
  fastify.addHook('onRequest', ({ socket }, _reply, done) => {
    unseen.delete(socket);
    done();
  });
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    if (isDraining()) void reply.header('connection', 'close');
    done();
  });

  let drainingSince = Infinity;
  const look = setInterval(() => {
    if (!isDraining()) return;
    const now = performance.now();
    drainingSince = Math.min(drainingSince, now);
    for (const [socket, openSince] of unseen) {
      // What was answered ahead of the framework before counts anew from here on: now the framework sees every request.
      const isSilent = socket.bytesRead === 0 && now - openSince >= SILENT_MS;
      const isLate = now - Math.max(openSince, drainingSince) >= HEAD_MS && socket.writableLength === 0;
      if (isSilent || isLate) socket.destroy();
    }
  }, LOOK_EVERY_MS);
  look.unref();
  fastify.server.once('close', () => clearInterval(look));
}
