/**
 * What went wrong, for code to branch on:
 * - `INVALID_KEY`, `INVALID_TAG`, `INVALID_OPTION`, `INVALID_PATTERN`: the caller's argument cannot be used as it is;
 * - `NOT_JSON`: a loader returned a value that JSON cannot carry unchanged;
 * - `CATALOG`: two entries or two loaders contradict each other;
 * - `STORE_UNAVAILABLE`: the second tier did not answer in time or refused;
 * - `LOAD_TIMEOUT`: the loader took longer than its hard timeout;
 * - `OVERLOADED`: the origin limiter's queue is full;
 * - `CLOSED`: the cache was closed.
 */
export type CacheErrorCode =
  | 'INVALID_KEY'
  | 'INVALID_TAG'
  | 'INVALID_OPTION'
  | 'INVALID_PATTERN'
  | 'NOT_JSON'
  | 'CATALOG'
  | 'STORE_UNAVAILABLE'
  | 'LOAD_TIMEOUT'
  | 'OVERLOADED'
  | 'CLOSED';

/** Every error of the cache's own. A loader's error is never wrapped: it reaches the caller unchanged. */
export class CacheError extends Error {
  override readonly name = 'CacheError';

  constructor(
    readonly code: CacheErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly entry?: string } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.entry = options.entry;
  }

  /** The catalog entry it happened to, where there is one. */
  readonly entry: string | undefined;
}
