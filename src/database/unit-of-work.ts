import { Injectable } from '@nestjs/common';
import { CommittedEvents, type DomainEvent } from './committed.events.js';
import { type Committed, Database, type Statements } from './database.js';
import { OwnInvalidations } from './own.invalidations.js';
import type { OwnRow } from './own.rows.js';
import { Turns } from './turns.js';

export interface UnitOfWorkOptions<T> {
  /**
   * `through`: the call ends when what it changed is invalid everywhere, or waits in the outbox because the store cannot
   * be reached. `behind`: the call ends with the commit, and the same happens right after it.
   */
  readonly apply: 'through' | 'behind';
  /**
   * What happened, told to the application after the commit. Where triggers leave all that an event makes invalid in the
   * outbox, the event is `settle`d.
   */
  readonly events?: (result: T) => readonly DomainEvent[];
  /** What many may want to change at once: work of this name takes turns. Default: nothing that has to be waited for. */
  readonly turn?: string;
}

/**
 * The one way in which requests write. Triggers leave in the outbox what becomes invalid; nothing is invalidated before
 * the commit, since a reader could fill the cache with the old value again, and nothing after it can undo the commit.
 */
@Injectable()
export class UnitOfWork {
  private readonly behind = new Set<Promise<void>>();
  private readonly turns = new Turns();

  constructor(
    private readonly database: Database,
    private readonly invalidations: OwnInvalidations,
    private readonly committed: CommittedEvents,
  ) {}

  /**
   * @param work uses only the statements it is given: it may run more than once
   * @throws SourceError when the database cannot be used, and it may be unknown whether it committed; else what `work` throws
   */
  async run<T>(work: (statements: Statements) => Promise<T>, options: UnitOfWorkOptions<T>): Promise<T> {
    const transaction = (): Promise<Committed<T>> => this.database.transaction(work);
    const { turn } = options;
    const { result, ownRows } = await (turn === undefined ? transaction() : this.turns.take(turn, transaction));
    const after = this.afterCommit(ownRows, options.events?.(result) ?? []);
    if (options.apply === 'through') {
      await after;
    } else {
      this.behind.add(after);
      void after.finally(() => this.behind.delete(after));
    }
    return result;
  }

  /** Waits for what is still done behind calls that have ended. */
  async settle(): Promise<void> {
    await Promise.all(this.behind);
    await this.invalidations.settle();
  }

  private async afterCommit(rows: readonly OwnRow[], events: readonly DomainEvent[]): Promise<void> {
    await this.invalidations.apply(rows);
    await this.committed.publish(events);
  }
}
