import { type CacheResult, RestingStorage, type StorageScope } from '../index.js';

const traces = new RestingStorage<CacheTrace | null>();

/**
 * What the cache answered in one request: the source of `X-Cache` and `Age`. `@Cached` methods record here; whoever
 * calls `CacheManager.getOrSetResult` by hand may do so with `CacheTrace.record`. Outside of `run` nothing is kept.
 */
export class CacheTrace {
  private latest: CacheResult<unknown> | undefined;

  /** Runs `work`, and all that it waits for, with a trace of its own. */
  static run<T>(work: (trace: CacheTrace) => T): T {
    const trace = new CacheTrace();
    return traces.run(trace, () => work(trace));
  }

  /** The same for work whose end no promise tells: until the scope is ended. */
  static begin(): { readonly trace: CacheTrace; readonly scope: StorageScope } {
    const trace = new CacheTrace();
    return { trace, scope: traces.begin(trace) };
  }

  /** Runs `work` with no trace, whatever stands around it. */
  static outside<T>(work: () => T): T {
    return traces.getStore() ? traces.run(null, work) : work();
  }

  /** The trace of the running request; `undefined` outside of `run`. */
  static current(): CacheTrace | undefined {
    return traces.getStore() ?? undefined;
  }

  static record(result: CacheResult<unknown>): void {
    const trace = traces.getStore();
    if (trace) trace.latest = result;
  }

  /** The result that settled last in this request; `undefined` while there is none. */
  last(): CacheResult<unknown> | undefined {
    return this.latest;
  }
}
