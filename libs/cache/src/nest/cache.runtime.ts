import { systemClock, type Cache, type Clock } from '../index.js';
import { ListenerRetryOptions } from './invalidation.listener.js';

/** The cache of this application, with what its orchestrator needs to know beside it. */
export class CacheRuntime {
  readonly listenerRetry: ListenerRetryOptions;
  private closing: Promise<void> | undefined;

  constructor(
    readonly cache: Cache,
    readonly clock: Clock = systemClock,
    listenerRetry: Partial<ListenerRetryOptions> = {},
    private readonly closeTier: () => Promise<void> = () => Promise.resolve(),
  ) {
    this.listenerRetry = Object.assign(new ListenerRetryOptions(), listenerRetry);
  }

  /** Closes the cache and the tier under it. Calling it again does nothing. */
  close(): Promise<void> {
    this.closing ??= this.cache.close().then(this.closeTier);
    return this.closing;
  }
}
