import { HttpException } from '@nestjs/common';
import { CacheError } from '@chaincache/cache';
import { ColdLoadRefused } from '../source/cold-load.limiter.js';
import { SourceError } from '../source/source.error.js';
import { Problem } from './problem.js';

/** How long a client waits when nobody said anything better. */
const DEFAULT_RETRY_AFTER_MS = 5_000;
/** A source may ask for an hour; a client should look again sooner. */
const MAX_RETRY_AFTER_MS = 60_000;

/** The answer to an error, or null when it is a fault of our own that deserves a 500 and a place in the log. */
export function problemOf(error: unknown): Problem | null {
  if (error instanceof Problem) return error;
  if (error instanceof ColdLoadRefused) {
    return new Problem(429, 'Too much that is not cached was asked for at once. What is cached is never limited.', {
      retryAfterMs: error.retryAfterMs,
    });
  }
  if (error instanceof SourceError) {
    const retryAfterMs = Math.min(error.options.retryAfterMs ?? DEFAULT_RETRY_AFTER_MS, MAX_RETRY_AFTER_MS);
    const detail = detailOf(error);
    return new Problem(503, detail, { retryAfterMs });
  }
  if (error instanceof CacheError) return problemOfCache(error);
  if (error instanceof HttpException && error.getStatus() < 500) return problemOfHttp(error);
  return null;
}

function detailOf({ source, options }: SourceError): string {
  if (options.crowded) return `${source} has too many callers waiting: nothing was read or changed.`;
  if (options.changing) return `${source} cannot be used at present. Whether anything was changed may be unknown.`;
  return `${source} cannot be read at present, and nothing servable is cached.`;
}

function problemOfCache(error: CacheError): Problem | null {
  switch (error.code) {
    case 'INVALID_KEY':
    case 'INVALID_TAG':
    case 'INVALID_PATTERN':
      return new Problem(400, error.message);
    case 'LOAD_TIMEOUT':
    case 'OVERLOADED':
    case 'STORE_UNAVAILABLE':
    case 'CLOSED':
      return new Problem(503, 'The source did not answer in time, and nothing servable is cached.', {
        retryAfterMs: DEFAULT_RETRY_AFTER_MS,
      });
    default:
      return null;
  }
}

const DETAILS: Readonly<Record<number, string>> = {
  404: 'There is nothing at this address.',
  413: 'The body is too large.',
  414: 'The address is too long.',
  415: 'The body should be JSON, with content-type: application/json.',
};

const BODY_EXPECTED = 'should be JSON, without a key named __proto__ or a constructor with a prototype';

/** What Nest and Fastify refuse by themselves: routes, bodies, addresses. */
function problemOfHttp(error: HttpException): Problem {
  const status = error.getStatus();
  // Of what is refused with a 400 before a handler runs, only bodies are left: addresses never come this far.
  if (status === 400) return Problem.badRequest({ field: 'body', message: BODY_EXPECTED });
  return new Problem(status, DETAILS[status] ?? error.message);
}
