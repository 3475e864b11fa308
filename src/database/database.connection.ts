import type { Logger } from 'pino';
import { createPools, type DatabasePools } from './database.pool.js';
import type { DatabaseServer } from './database.server.js';

/** The server in use, and the pools of connections to it. */
export class DatabaseConnection {
  readonly url: string;
  readonly pools: DatabasePools;

  constructor(
    private readonly server: DatabaseServer,
    logger: Logger,
  ) {
    this.url = server.url;
    this.pools = createPools(server.url, (error) =>
      logger.warn({ event: 'database.connection-lost', reason: error.message }),
    );
  }

  async close(): Promise<void> {
    await this.pools.requests.end();
    await this.server.stop();
  }
}
