import { Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { settle } from '../catalog/events/domain.event.js';
import { cacheOutbox, receivedEvents } from '../database/database.tables.js';
import type { Statements } from '../database/database.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { dueOf } from './merged.invalidations.js';

/** For at least as long no event takes effect twice. */
const REMEMBERED = sql.raw(`interval '10 minutes'`);

export interface ReceivedEvent {
  readonly event: object;
  /** Names it among all events of all sources, as a UUID. */
  readonly digest: string;
}

/** Takes in what other services tell: each event once, on whichever instance it arrives, and none is lost. */
@Injectable()
export class ReceivedEvents {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /**
   * That an event was received, and what it makes invalid, are one transaction: killed right after it, this process
   * loses nothing, and killed before it, the event is as if never sent. After it the invalidation is applied in one step
   * for the whole batch; then the events are told to the application.
   * @returns the digests of those that had not been received before @throws SourceError
   */
  take(received: readonly ReceivedEvent[]): Promise<ReadonlySet<string>> {
    const byDigest = new Map<string, object>();
    for (const { digest, event } of received) if (!byDigest.has(digest)) byDigest.set(digest, event);
    return this.unitOfWork.run(
      async (statements) => {
        const fresh = await remember(statements, [...byDigest.keys()]);
        const due = dueOf([...fresh].map((digest) => byDigest.get(digest)!));
        if (due.length > 0) await statements.insert(cacheOutbox).values(due);
        return fresh;
      },
      { apply: 'through', events: (fresh) => [...fresh].map((digest) => settle(byDigest.get(digest)!)) },
    );
  }
}

async function remember(statements: Statements, digests: readonly string[]): Promise<Set<string>> {
  // In one order for everybody, so that two batches with the same events wait for each other and never in a circle.
  const sorted = [...digests].sort();
  // Each batch removes up to twice as many old ones as it adds: so the table never grows beyond what is remembered.
  const { rows } = await statements.execute<{ digest: string }>(sql`
    WITH expired AS (
      DELETE FROM ${receivedEvents} WHERE digest IN (
        SELECT digest FROM ${receivedEvents} WHERE received_at < now() - ${REMEMBERED}
        ORDER BY received_at LIMIT ${2 * sorted.length} FOR UPDATE SKIP LOCKED)
    )
    INSERT INTO ${receivedEvents} (digest) SELECT unnest(${sql.param(sorted)}::uuid[])
    ON CONFLICT DO NOTHING RETURNING digest`);
  return new Set(rows.map(({ digest }) => digest));
}
