import { types } from 'node:util';
import { DrizzleQueryError } from 'drizzle-orm';
import { SourceError } from '../source/source.error.js';

const { isNativeError } = types;

/** How the database is called in messages to people. */
export const DATABASE_NAME = 'The database';

/**
 * Classes of SQLSTATE that say nothing of the statement, only of the server's state: connection (08), resources and
 * connections (53), an operator (57, a statement timeout among them), the lock timeout (55P03), a demoted primary (25006).
 * Source: PostgreSQL 18, appendix A.
 */
const UNAVAILABLE = /^(08|53|57)|^(55P03|25006)$/;
/** The transaction met another one; the same work may succeed at once. */
const CONFLICTING = new Set(['40001', '40P01']);
/** Errors of sockets and of the driver, which carry no SQLSTATE. */
const UNREACHABLE =
  /^(ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI_|ENOENT)|Connection terminated|timeout exceeded|timeout expired|Query read timeout|not queryable|connection error|pool after calling end/;

/** What the driver threw, without drizzle's wrapper, whose message holds the statement's parameters. */
export function driverError(error: unknown): unknown {
  return error instanceof DrizzleQueryError ? driverError(error.cause) : error;
}

/** The SQLSTATE of a refused statement, or undefined. */
export function sqlStateOf(error: unknown): string | undefined {
  const code = (driverError(error) as { readonly code?: unknown } | undefined)?.code;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

export function isConflict(error: unknown): boolean {
  return CONFLICTING.has(sqlStateOf(error) ?? '');
}

/**
 * A SourceError for a server that cannot be used at present; anything else as the driver threw it.
 * @param changing it was for a transaction, which may have been committed
 */
export function databaseErrorOf(error: unknown, changing?: 'changing'): unknown {
  const cause = driverError(error);
  if (!isNativeError(cause)) return cause;
  const state = sqlStateOf(cause);
  if (state === undefined ? !isUnreachable(cause) : !UNAVAILABLE.test(state) && !isConflict(cause)) return cause;
  return new SourceError(DATABASE_NAME, state === undefined ? 'could not be reached in time' : `refused (${state})`, {
    retryable: true,
    retryAfterMs: 1_000,
    changing: changing !== undefined,
    cause,
  });
}

/** Rather refused at once than served all too late. */
export function crowdError(): SourceError {
  return new SourceError(DATABASE_NAME, 'has too many callers waiting', {
    retryable: true,
    retryAfterMs: 1_000,
    crowded: true,
  });
}

function isUnreachable(error: Error): boolean {
  // An address with several names fails with an error for each.
  const { errors = [] } = error as { readonly errors?: readonly unknown[] };
  if (errors.some((one) => isNativeError(one) && isUnreachable(one))) return true;
  return UNREACHABLE.test((error as NodeJS.ErrnoException).code ?? '') || UNREACHABLE.test(error.message);
}
