import type { Server } from 'node:http';

/**
 * A server's `closeIdleConnections`, and `close` with it, while some of its connections wait for an answer that Node knows
 * nothing of, and which it takes for idle: they are closed once none of them waits any more.
 */
export class IdleClosing {
  private waiting = 0;
  /** Asked for, and not done yet: until then nobody else is to begin waiting. */
  isDue = false;
  private readonly close: () => void;

  constructor(server: Server) {
    this.close = server.closeIdleConnections.bind(server);
    server.closeIdleConnections = () => this.closeOrWait();
  }

  /** A connection waits. */
  begin(): void {
    this.waiting += 1;
  }

  /** A connection waits no more. */
  end(): void {
    this.waiting -= 1;
    if (this.isDue) this.closeOrWait();
  }

  private closeOrWait(): void {
    this.isDue = this.waiting > 0;
    if (!this.isDue) this.close();
  }
}
