import type { Duration } from '../index.js';

/** Options of the stores that stand on the cache. */
export interface CompatOptions {
  /**
   * The cache's namespace that they live in; `clear()` clears it and nothing else.
   * Default `cache-manager` for a cache-manager, `keyv` for a Keyv.
   */
  readonly namespace?: string;
  /** Fresh life of what is written without a TTL. Default: that of the catalog entry whose key it is, else 300 s. */
  readonly ttl?: Duration;
}
