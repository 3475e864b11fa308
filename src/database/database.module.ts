import { join } from 'node:path';
import { Global, Module } from '@nestjs/common';
import type { Logger } from 'pino';
import { AppConfig } from '../config/app.config.js';
import { LOGGER } from '../logging/logger.token.js';
import { CommittedEvents } from './committed.events.js';
import { DatabaseConnection } from './database.connection.js';
import { DatabaseLifecycle } from './database.lifecycle.js';
import { configuredServer, type DatabaseServer } from './database.server.js';
import { Database } from './database.js';
import { seedDevnet } from './devnet.seed.js';
import { startEmbeddedPostgres } from './embedded/embedded.postgres.js';
import { migrate } from './migration.runner.js';
import { OwnInvalidations } from './own.invalidations.js';
import { PostgresOutbox } from './postgres.outbox.js';
import { UnitOfWork } from './unit-of-work.js';

/**
 * PostgreSQL, migrated before anything else uses it. Stands before the cache among the imports of the application, so
 * that it is closed after it.
 */
@Global()
@Module({
  providers: [
    { provide: DatabaseConnection, useFactory: connect, inject: [AppConfig, LOGGER] },
    {
      provide: Database,
      useFactory: ({ pools }: DatabaseConnection) => new Database(pools.requests),
      inject: [DatabaseConnection],
    },
    {
      provide: PostgresOutbox,
      useFactory: ({ pools }: DatabaseConnection) => new PostgresOutbox(pools.outbox),
      inject: [DatabaseConnection],
    },
    CommittedEvents,
    OwnInvalidations,
    UnitOfWork,
    DatabaseLifecycle,
  ],
  exports: [Database, PostgresOutbox, UnitOfWork],
})
export class DatabaseModule {}

async function connect(config: AppConfig, logger: Logger): Promise<DatabaseConnection> {
  const server = await serverOf(config);
  try {
    await migrate(server.url);
    if (server.embedded) await seedDevnet(server.url);
    return new DatabaseConnection(server, logger);
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function serverOf({ databaseUrl, dataDir }: AppConfig): Promise<DatabaseServer> {
  if (databaseUrl !== undefined) return configuredServer(databaseUrl);
  const postgres = await startEmbeddedPostgres(join(dataDir, 'postgres'));
  return { url: postgres.url, embedded: true, stop: () => postgres.stop() };
}
