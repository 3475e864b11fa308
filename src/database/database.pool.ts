import pg from 'pg';

/** Connections for requests. PostgreSQL's default allows 100 in all, so that four instances fit. */
const MAX_CONNECTIONS = 20;
/** Connections for the outbox alone: requests that use up all others must not keep invalidations waiting. */
const MAX_OUTBOX_CONNECTIONS = 2;
/** For a connection, be it a free one of the pool or a new one. */
const CONNECT_TIMEOUT_MS = 5_000;
/** The server ends a statement; a moment later the driver ends the wait for a server that is gone. */
const STATEMENT_TIMEOUT_MS = 3_000;
const ANSWER_TIMEOUT_MS = 4_000;
/** A transaction that its holder forgot ends, and its locks with it. */
const IDLE_TRANSACTION_TIMEOUT_MS = 10_000;
const IDLE_CONNECTION_MS = 30_000;

/** Connection pools of one database. */
export interface DatabasePools {
  readonly requests: pg.Pool;
  readonly outbox: pg.Pool;
}

/** @param onError told of connections that break while nobody uses them; the pools replace them */
export function createPools(url: string, onError: (error: Error) => void): DatabasePools {
  const shared: pg.PoolConfig = {
    ...connectionOptions(url),
    statement_timeout: STATEMENT_TIMEOUT_MS,
    lock_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: ANSWER_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_TRANSACTION_TIMEOUT_MS,
  };
  const pools: DatabasePools = {
    requests: new pg.Pool({ ...shared, max: MAX_CONNECTIONS, idleTimeoutMillis: IDLE_CONNECTION_MS }),
    // Kept open: what is open already works when the server takes no further connections.
    outbox: new pg.Pool({ ...shared, max: MAX_OUTBOX_CONNECTIONS, idleTimeoutMillis: 0 }),
  };
  for (const pool of [pools.requests, pools.outbox]) pool.on('error', onError);
  return pools;
}

/** What every connection has, those outside of pools included. */
export function connectionOptions(url: string): pg.ClientConfig {
  return {
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    application_name: 'chaincache',
  };
}
