import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import type { Logger } from 'pino';
import { apiKeys } from '../database/database.tables.js';
import { Database } from '../database/database.js';
import { LOGGER } from '../logging/logger.token.js';

const EVERY_MS = 60_000;
const MAX_REMEMBERED = 10_000;

/** Notes when keys were last used, to the minute. Nobody waits for it, and a note that fails is made up for by the next. */
@Injectable()
export class ApiKeyUsage implements OnModuleDestroy {
  private readonly notedAt = new Map<string, number>();
  private readonly notes = new Set<Promise<void>>();

  constructor(
    private readonly database: Database,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  used(id: string): void {
    const now = performance.now();
    const notedAt = this.notedAt.get(id);
    if (notedAt !== undefined && now - notedAt < EVERY_MS) return;
    this.notedAt.delete(id);
    this.notedAt.set(id, now);
    if (this.notedAt.size > MAX_REMEMBERED) this.notedAt.delete([...this.notedAt.keys()][0]!);
    const note = this.note(id).finally(() => this.notes.delete(note));
    this.notes.add(note);
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.notes);
  }

  /** The condition spares the row when another instance has just noted the same. */
  private async note(id: string): Promise<void> {
    try {
      await this.database.read((statements) =>
        statements
          .update(apiKeys)
          .set({ lastUsed: sql`now()` })
          .where(sql`${apiKeys.id} = ${id} AND coalesce(${apiKeys.lastUsed} < now() - interval '1 minute', true)`),
      );
    } catch (error) {
      this.logger.debug({ event: 'api-key.use-not-noted', reason: error instanceof Error ? error.message : 'unknown' });
    }
  }
}
