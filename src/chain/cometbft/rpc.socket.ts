import { WebSocket } from 'ws';

/** Largest message that is taken from a node; a block of CometBFT's default size in base64 fits. */
const LARGEST_MESSAGE_BYTES = 64 * 1024 * 1024;

export interface RpcSocketEvents {
  readonly opened: () => void;
  readonly received: (message: unknown) => void;
  /** Called once, with why; also where the connection never came to be. */
  readonly closed: (reason: string) => void;
}

export interface RpcSocket {
  /** Throws nothing: what cannot be sent shows as `closed`. */
  send(message: object): void;
  /** Ends the connection at once; `closed` follows only if it did not happen yet. */
  terminate(): void;
}

/** One connection, which ends for good. A message that is no JSON ends it too: what follows could not be trusted. */
export function openSocket(url: string, connectTimeoutMs: number, events: RpcSocketEvents): RpcSocket {
  const socket = new WebSocket(url, { handshakeTimeout: connectTimeoutMs, maxPayload: LARGEST_MESSAGE_BYTES });
  let reason = 'the connection was closed';
  let isClosed = false;
  socket.on('open', events.opened);
  socket.on('message', (data: Buffer) => {
    if (isClosed) return;
    let message: unknown;
    try {
      message = JSON.parse(data.toString('utf8'));
    } catch {
      reason = 'the node sent something that is no JSON';
      return socket.terminate();
    }
    events.received(message);
  });
  // An error is always followed by 'close'.
  socket.on('error', (error: Error) => (reason = error.message));
  socket.on('close', () => {
    isClosed = true;
    events.closed(reason);
  });
  return {
    send: (message) => socket.send(JSON.stringify(message), () => undefined),
    terminate: () => socket.terminate(),
  };
}
