import type { CacheListener } from '@chaincache/cache';

/** What a traced request is known by: nothing in it names a wallet. */
export interface TracedRequest {
  readonly method: string;
  /** The route's pattern, as `/api/tokens/:address`. */
  readonly route: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** Tells a collector where time went. */
export interface Tracing {
  /** Makes spans of what the cache tells of itself. */
  readonly listener: CacheListener;
  /**
   * Runs `run` as part of a request's span, below the caller's own if it sent one (W3C `traceparent`).
   * @returns to be called with the status once the request was answered
   */
  during(request: TracedRequest, run: () => void): (status: number) => void;
  /** Sends what is left. Never rejects. */
  close(): Promise<void>;
}
