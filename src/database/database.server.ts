import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { SourceError } from '../source/source.error.js';
import { databaseErrorOf } from './database.error.js';
import { connectionOptions } from './database.pool.js';

/** How long a start waits for a database that is starting too. */
const START_PATIENCE_MS = 30_000;
const RETRY_MS = 500;

/** Where the database is, and how to end it if it is this process's own. */
export interface DatabaseServer {
  readonly url: string;
  /** This process started it: it holds what a developer tries out, and nothing else. */
  readonly embedded: boolean;
  stop(): Promise<void>;
}

/**
 * The configured database, once it takes connections.
 * @throws Error that names DATABASE_URL and what is wrong, at once where waiting would not help
 */
export async function configuredServer(url: string, patienceMs: number = START_PATIENCE_MS): Promise<DatabaseServer> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      await connectOnce(url);
      return { url, embedded: false, stop: () => Promise.resolve() };
    } catch (error) {
      const passing = databaseErrorOf(error) instanceof SourceError;
      if (!passing || performance.now() > deadline) {
        const reason = error instanceof Error ? error.message || error.name : String(error);
        throw new Error(`DATABASE_URL names a database that cannot be used: ${reason}`, { cause: error });
      }
    }
    await pause(RETRY_MS);
  }
}

async function connectOnce(url: string): Promise<void> {
  const client = new pg.Client(connectionOptions(url));
  client.on('error', () => undefined);
  try {
    await client.connect();
  } finally {
    await client.end().catch(() => undefined);
  }
}
