import type { EntryRef } from '@chaincache/cache';
import type { AnswerSource } from '@chaincache/cache/http';

/** What the handler of a cached GET returns: the cached value, and how the answer follows from it. See `CachedAnswer`. */
export class CachedReply<V = unknown> {
  constructor(
    readonly value: V,
    readonly source: AnswerSource<V>,
  ) {}
}

/**
 * An answer that follows from one cached value and from the request's URL.
 * @param render the body; it is called again for each new value, so it may use what the URL says and nothing else
 * @param variant names what else the body follows from, such as the day
 */
export function cachedReply<V>(
  ref: EntryRef<V>,
  value: V,
  render: (value: V) => unknown,
  variant?: () => string,
): CachedReply {
  const source: AnswerSource<V> = variant === undefined ? { ref, render } : { ref, render, variant };
  return new CachedReply(value, source) as CachedReply;
}
