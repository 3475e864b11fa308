import { createCache, type Cache as StandardCache } from 'cache-manager';
import { Keyv } from 'keyv';
import type { Cache, CacheResult, Loader } from '../index.js';
import type { CompatOptions } from './compat.options.js';
import { KeyvChaincacheStore } from './keyv-chaincache.store.js';

type Varying<T> = number | ((value: T) => number);

/** What lies in the store: Keyv's own form. `expires` (ms since 1970) is told to callers; the cache does not judge by it. */
interface Stored<T> {
  readonly value: T;
  readonly expires?: number;
}

interface WrapOptions<T> {
  readonly ttl?: Varying<T> | undefined;
  readonly refreshThreshold?: Varying<T> | undefined;
  readonly raw?: boolean;
}

/** One call of `wrap`, whichever way its options were given. */
interface WrapCall<T> extends WrapOptions<T> {
  readonly key: string;
  readonly load: () => T | Promise<T>;
}

/** A Keyv on the tiers of a cache. Failed writes throw; values come deep-frozen. Namespace `keyv` unless said. */
export function createKeyv(cache: Cache, options?: CompatOptions): Keyv {
  return keyvOn(new KeyvChaincacheStore(cache, options));
}

/**
 * A standard `Cache` of cache-manager 7 on the tiers of a cache, in the namespace `cache-manager` unless said.
 *
 * `wrap` is `getOrSet`: one load in the fleet, and no value that was read before an invalidation is kept after it.
 * `set` and `mset` are unconditional writes, see `KeyvChaincacheStore`. `ttl` tells when the value really ends.
 * `disconnect` leaves the tiers open: they belong to the cache. Values come deep-frozen.
 */
export function createCacheManager(cache: Cache, options: CompatOptions = {}): StandardCache {
  const store = new KeyvChaincacheStore(cache, { namespace: 'cache-manager', ...options });
  const standard = createCache({ stores: [keyvOn(store)] });
  const wrapper = new Wrapper(cache, store, standard);
  const wrap = <T>(
    key: string,
    load: () => T | Promise<T>,
    ttlOrOptions?: Varying<T> | WrapOptions<T>,
    refreshThreshold?: Varying<T>,
  ): Promise<unknown> => {
    const given: WrapOptions<T> =
      typeof ttlOrOptions === 'object' ? ttlOrOptions : { ttl: ttlOrOptions, refreshThreshold };
    return wrapper.wrap({ ...given, key, load });
  };
  const ttl = async (key: string): Promise<number | undefined> => {
    const leftMs = await cache.manager.ttl(store.refOf(key));
    return leftMs === null ? undefined : Date.now() + leftMs;
  };
  return Object.assign(standard, { wrap: wrap as StandardCache['wrap'], ttl });
}

/**
 * `wrap` of cache-manager is get, load, set: an invalidation between the load and the set is lost. Here it is one
 * `getOrSet`, whose fill is refused then.
 */
class Wrapper {
  private readonly refreshing = new Set<string>();

  constructor(
    private readonly cache: Cache,
    private readonly store: KeyvChaincacheStore,
    private readonly standard: StandardCache,
  ) {}

  async wrap<T>(call: WrapCall<T>): Promise<unknown> {
    const result = await this.read(call, 'normal');
    const stored = result.value;
    if (stored === undefined) return undefined;
    if (result.tier === 'MISS') this.emit('set', { key: call.key, value: stored.value });
    else this.refreshWhenDue(call, stored.value, result.freshForMs);
    return call.raw === true ? stored : stored.value;
  }

  private read<T>(call: WrapCall<T>, mode: 'normal' | 'fresh'): Promise<CacheResult<Stored<T> | undefined>> {
    const ref = this.store.refOf(call.key);
    const loader: Loader<unknown> = async (context) => {
      const value = await call.load();
      if (value === undefined) return undefined;
      const ttlMs = resolve(call.ttl, value);
      if (ttlMs === undefined || ttlMs === 0) return { value };
      context.freshFor(ttlMs);
      return { value, expires: Date.now() + ttlMs };
    };
    const options = { ...this.store.writeOptions(undefined), mode };
    return this.cache.manager.getOrSetResult(ref, loader, options) as Promise<CacheResult<Stored<T> | undefined>>;
  }

  /** In the background, once at a time for each key. */
  private refreshWhenDue<T>(call: WrapCall<T>, value: T, freshForMs: number): void {
    const threshold = resolve(call.refreshThreshold, value);
    if (threshold === undefined || freshForMs >= threshold || this.refreshing.has(call.key)) return;
    this.refreshing.add(call.key);
    // Noted here, because a value that is still valid covers a failing loader: then the read itself does not fail.
    const failure: { error?: unknown } = {};
    const load = async (): Promise<T> => {
      try {
        return await call.load();
      } catch (error) {
        failure.error = error;
        throw error;
      }
    };
    this.read({ ...call, load }, 'fresh')
      .then(
        (result) => this.emit('refresh', { key: call.key, value: result.value?.value, ...failure }),
        (error: unknown) => this.emit('refresh', { key: call.key, value, error }),
      )
      .finally(() => this.refreshing.delete(call.key));
  }

  private emit(event: 'set' | 'refresh', data: object): void {
    // cache-manager keeps its emitter to itself, but `off` hands it out.
    this.standard.off(event, ignore).emit(event, data);
  }
}

const ignore = (): void => {};

function resolve<T>(varying: Varying<T> | undefined, value: T): number | undefined {
  return typeof varying === 'function' ? varying(value) : varying;
}

function keyvOn(store: KeyvChaincacheStore): Keyv {
  const keyv = new Keyv(store, { useKeyPrefix: false, throwOnErrors: true });
  // The namespace is the cache's, and its envelope encodes: Keyv's serializer throws on data with a `toJSON`.
  keyv.namespace = undefined;
  keyv.serialize = undefined;
  keyv.deserialize = undefined;
  return keyv;
}
