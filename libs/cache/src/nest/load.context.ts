import { type LoadContext, RestingStorage } from '../index.js';
import { CacheTrace } from './cache.trace.js';

const contexts = new RestingStorage<LoadContext>();

/**
 * The load that the calling `@Cached` method runs for: its abort signal, the demanded height, `atHeight` and `freshFor`.
 * `undefined` where the method was called without a cache around it, as in a unit test.
 */
export function loadContext(): LoadContext | undefined {
  return contexts.getStore();
}

/**
 * Runs a loader with its context in reach. A load serves all its callers, so what it reads on its way is recorded in
 * the trace of none of them.
 */
export function runLoad<T>(context: LoadContext, load: () => T): T {
  return CacheTrace.outside(() => contexts.run(context, load));
}
