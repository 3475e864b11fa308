import { RestingStorage } from '@chaincache/cache';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import type { Pool, QueryResultRow } from 'pg';
import { crowdError, databaseErrorOf, isConflict } from './database.error.js';
import { commitWithOwnRows, type OwnRow } from './own.rows.js';

/** Statements on the pool, or within one transaction. */
export type Statements = NodePgDatabase;

/** A transaction that was committed, and the outbox rows that it wrote. */
export interface Committed<T> {
  readonly result: T;
  readonly ownRows: readonly OwnRow[];
}

/** Callers that may wait for a connection; more are refused at once rather than all too late. */
const MAX_WAITING = 500;
/** A transaction that met another one is tried again. */
const ATTEMPTS = 3;

/** The connection pool. Turns "the server cannot be used" into SourceError, in one place. */
export class Database {
  /** For building prepared statements; run them within `read`. */
  readonly statements: Statements;
  private readonly inTransaction = new RestingStorage<true>();

  constructor(private readonly pool: Pool) {
    this.statements = drizzle(pool);
  }

  /**
   * Runs statements of one's own, outside of any transaction.
   * @throws SourceError when the database cannot be used at present; else what it said of the statement
   */
  async read<T>(query: (statements: Statements) => Promise<T>): Promise<T> {
    // A cache must never be filled with what is read while a transaction is open, and waiting for a second connection
    // while holding one is how pools lock up.
    if (this.inTransaction.getStore()) throw new Error('read through the transaction that is open, not beside it');
    this.refuseCrowd();
    try {
      return await query(this.statements);
    } catch (error) {
      throw databaseErrorOf(error);
    }
  }

  /**
   * A statement that each connection parses once, for what reads better as SQL.
   * @param name of this text and no other
   */
  prepared<Row extends QueryResultRow>(name: string, text: string): (...values: readonly unknown[]) => Promise<Row[]> {
    return async (...values) => {
      const { rows } = await this.read(() => this.pool.query<Row>({ name, text, values: [...values] }));
      return rows;
    };
  }

  /**
   * Runs `work` in one transaction and commits. Work that met a concurrent transaction runs again, so it must do
   * nothing but use the statements it is given.
   * @throws SourceError when the database cannot be used, and it may be unknown whether it committed; else what `work` throws
   */
  async transaction<T>(work: (statements: Statements) => Promise<T>): Promise<Committed<T>> {
    this.refuseCrowd();
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.attempt(work);
      } catch (error) {
        if (!isConflict(error) || attempt === ATTEMPTS) throw databaseErrorOf(error, 'changing');
      }
    }
  }

  private async attempt<T>(work: (statements: Statements) => Promise<T>): Promise<Committed<T>> {
    const client = await this.pool.connect();
    // Until proven otherwise: a connection in an unknown state does not go back to the pool.
    let broken = true;
    try {
      await client.query('BEGIN');
      try {
        const result = await this.inTransaction.run(true, () => work(drizzle(client)));
        const ownRows = await commitWithOwnRows(client);
        broken = false;
        return { result, ownRows };
      } catch (error) {
        broken = await client.query('ROLLBACK').then(
          () => false,
          () => true,
        );
        throw error;
      }
    } finally {
      client.release(broken);
    }
  }

  private refuseCrowd(): void {
    if (this.pool.waitingCount < MAX_WAITING) return;
    throw crowdError();
  }
}
