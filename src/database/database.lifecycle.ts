import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Cache } from '@chaincache/cache';
import { InjectCache } from '@chaincache/cache/nest';
import { DatabaseConnection } from './database.connection.js';
import { OutboxListener } from './outbox.listener.js';
import { PostgresOutbox } from './postgres.outbox.js';
import { UnitOfWork } from './unit-of-work.js';

/** Wakes the relay when a transaction has written to the outbox; at the end, closes what the database needs, last of all. */
@Injectable()
export class DatabaseLifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly listener: OutboxListener;

  constructor(
    private readonly connection: DatabaseConnection,
    private readonly outbox: PostgresOutbox,
    private readonly unitOfWork: UnitOfWork,
    @InjectCache() cache: Cache,
  ) {
    this.listener = new OutboxListener(connection.url, () => void cache.relayOutbox());
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.listener.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.unitOfWork.settle();
    await this.listener.stop();
    await this.outbox.close();
    await this.connection.close();
  }
}
