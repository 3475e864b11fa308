import { Inject, Injectable } from '@nestjs/common';
import type { Cache } from '@chaincache/cache';
import { InjectCache } from '@chaincache/cache/nest';
import type { Logger } from 'pino';
import { LOGGER } from '../logging/logger.token.js';
import type { OwnRow } from './own.rows.js';
import { PostgresOutbox } from './postgres.outbox.js';

/**
 * Applies the outbox rows that a transaction of this process has just committed, without waiting for the relay. It may
 * fail at any point: the rows are committed, and the relay of any instance applies what is left.
 */
@Injectable()
export class OwnInvalidations {
  private readonly marking = new Set<Promise<void>>();

  constructor(
    @InjectCache() private readonly cache: Cache,
    private readonly outbox: PostgresOutbox,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Resolves once the rows are applied, or are left to the relay. Never rejects. */
  async apply(rows: readonly OwnRow[]): Promise<void> {
    if (rows.length === 0) return;
    try {
      // What a statement over very many rows leaves behind is not a tag that an application may name.
      if (rows.some((row) => row.tags.includes('*'))) return await this.cache.relayOutbox();
      const { invalidator } = this.cache;
      const keys = [...new Set(rows.flatMap((row) => row.keys))];
      const outcomes = await Promise.all([
        ...[...tagsByHeight(rows)].map(([height, tags]) =>
          invalidator.invalidateByTags([...tags], height === null ? {} : { minHeight: Number(height) }),
        ),
        keys.length > 0 ? invalidator.invalidateKeys(keys) : undefined,
      ]);
      if (outcomes.every((outcome) => outcome?.status !== 'queued')) this.mark(rows);
    } catch (error) {
      this.logger.warn({ event: 'outbox.left-to-relay', rows: rows.length, err: error });
    }
  }

  /** Waits for marks that are under way. */
  async settle(): Promise<void> {
    await Promise.all(this.marking);
  }

  /** Nobody waits for the mark: without it the relay applies the rows once more. */
  private mark(rows: readonly OwnRow[]): void {
    const marking = this.outbox
      .markApplied(rows.map((row) => row.id))
      .catch((error: unknown) => this.logger.warn({ event: 'outbox.mark-failed', rows: rows.length, err: error }))
      .finally(() => this.marking.delete(marking));
    this.marking.add(marking);
  }
}

/** One step for each height that is demanded, and one for all tags without. */
function tagsByHeight(rows: readonly OwnRow[]): Map<string | null, Set<string>> {
  const byHeight = new Map<string | null, Set<string>>();
  for (const { tags, min_height } of rows) {
    if (tags.length === 0) continue;
    const known = byHeight.get(min_height);
    if (known === undefined) byHeight.set(min_height, new Set(tags));
    else for (const tag of tags) known.add(tag);
  }
  return byHeight;
}
