import type { CacheManager, CatalogEntry, Loader } from '../index.js';
import { CacheTrace } from './cache.trace.js';
import { runLoad } from './load.context.js';

/** A method that `@Cached` made the loader of an entry, on the instance that Nest made. */
export interface CachedMethod {
  readonly entry: CatalogEntry<unknown>;
  /** `UserService.load`, for logs and errors. */
  readonly source: string;
  readonly instance: object;
  readonly methodName: string;
  /** The method as it was written; calling it reads the source of the data. */
  readonly original: (...args: unknown[]) => Promise<unknown>;
}

/** The loader of one key: the original method with the key's parameters as its arguments, in the order of the key. */
export function loaderFor(method: CachedMethod, params: Readonly<Record<string, unknown>>): Loader<unknown> {
  const args = method.entry.params.map((name) => params[name]);
  return (context) => runLoad(context, () => method.original.apply(method.instance, args));
}

/**
 * Puts the cache before the method, on this one instance, so that calls through `this` and those of Nest's router are
 * cached as well. Metadata of other decorators (routes, guards) is carried over.
 * @returns how to take it away again
 */
export function mountCachedMethod(method: CachedMethod, manager: CacheManager): () => void {
  const { entry, instance, methodName, original } = method;

  const cached = async (...args: unknown[]): Promise<unknown> => {
    const params: Record<string, unknown> = {};
    for (const [index, name] of entry.params.entries()) params[name] = args[index];
    const result = await manager.getOrSetResult(entry.ref(params), loaderFor(method, params));
    CacheTrace.record(result);
    return result.value;
  };

  Object.defineProperty(cached, 'name', { value: methodName });
  for (const key of Reflect.getMetadataKeys(original) as unknown[]) {
    Reflect.defineMetadata(key, Reflect.getMetadata(key, original), cached);
  }
  Object.defineProperty(instance, methodName, { value: cached, configurable: true, writable: true, enumerable: false });
  return () => {
    Reflect.deleteProperty(instance, methodName);
  };
}
