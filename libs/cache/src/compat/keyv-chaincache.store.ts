import { EventEmitter } from 'node:events';
import type { KeyvEntry, KeyvStoreAdapter, StoredData } from 'keyv';
import { durationMs, type Cache, type EntryRef, type ReadOptions } from '../index.js';
import { compatKey, compatPrefix } from './compat.key.js';
import type { CompatOptions } from './compat.options.js';

/**
 * A Keyv 5 store on the tiers of a cache, in a namespace of its own: what an invalidation concerned is never read after
 * it, whether it came by key, pattern, tag or namespace, from this process or another one.
 *
 * A key whose shape is that of a catalog entry (`user:info:remes1…`) has that entry's tags and policy. `set` is an
 * unconditional write: a value that was read before an invalidation and is set after it stays until its TTL ends. Where a
 * loader is at hand use `wrap` of `createCacheManager`, `getOrSet` or `@Cached`. Keys cannot be listed: no iterator.
 */
export class KeyvChaincacheStore extends EventEmitter implements KeyvStoreAdapter {
  readonly opts: { readonly namespace: string };
  /** Keyv's own namespace, which it writes here and in front of its keys; it is a prefix inside that of the cache. */
  namespace: string | undefined;
  private readonly defaults: ReadOptions;

  constructor(
    private readonly cache: Cache,
    options: CompatOptions = {},
  ) {
    super();
    this.opts = { namespace: options.namespace ?? 'keyv' };
    this.defaults = options.ttl === undefined ? {} : { ttl: options.ttl };
  }

  /** The key of the cache that one of Keyv's stands for. */
  refOf(key: string): EntryRef<unknown> {
    return this.cache.catalog.refOf(`${this.scope()}${compatKey(this.withoutPrefix(key))}`, this.opts.namespace);
  }

  async get<Value>(key: string): Promise<StoredData<Value> | undefined> {
    return this.cache.manager.get(this.refOf(key)) as Promise<StoredData<Value> | undefined>;
  }

  getMany<Value>(keys: string[]): Promise<StoredData<Value | undefined>[]> {
    return Promise.all(keys.map((key) => this.get<Value>(key)));
  }

  /** @param ttl ms. @throws CacheError `NOT_JSON` for what JSON cannot carry (Date, Map, BigInt …) */
  async set(key: string, value: unknown, ttl?: number): Promise<boolean> {
    const ref = this.refOf(key);
    if (isNothing(value)) {
      await this.cache.invalidator.invalidateKey(ref);
      return true;
    }
    const outcome = await this.cache.manager.set(ref, value, this.writeOptions(ttl));
    return outcome !== 'refused';
  }

  async setMany(entries: KeyvEntry[]): Promise<void> {
    await Promise.all(entries.map(({ key, value, ttl }) => this.set(key, value, ttl)));
  }

  /** @returns whether something was there */
  delete(key: string): Promise<boolean> {
    return this.cache.invalidator.invalidateKey(this.refOf(key));
  }

  /** All in one step. @returns whether something was there */
  async deleteMany(keys: string[]): Promise<boolean> {
    const outcome = await this.cache.invalidator.invalidateKeys(keys.map((key) => this.refOf(key)));
    return outcome.deletedCount > 0;
  }

  has(key: string): Promise<boolean> {
    return this.cache.manager.has(this.refOf(key));
  }

  hasMany(keys: string[]): Promise<boolean[]> {
    return Promise.all(keys.map((key) => this.has(key)));
  }

  /** Clears this store's namespace, or with a namespace of Keyv's own inside it, that part; never the whole Redis. */
  async clear(): Promise<void> {
    const { invalidator } = this.cache;
    const scope = this.scope();
    if (scope === '') await invalidator.clearNamespace(this.opts.namespace);
    else await invalidator.invalidateByPattern(`${scope}*`, this.opts.namespace);
  }

  /** How a write with this TTL (ms; 0 and undefined: none was given) is told to the cache. */
  writeOptions(ttl: number | undefined): ReadOptions {
    return ttl === undefined || ttl === 0 ? this.defaults : { ttl: durationMs(ttl) };
  }

  /** Keyv's namespace as a literal prefix; nothing where it repeats the cache's. */
  private scope(): string {
    if (this.namespace === undefined || this.namespace === this.opts.namespace) return '';
    return compatPrefix(this.namespace);
  }

  private withoutPrefix(key: string): string {
    const prefix = this.namespace === undefined ? '' : `${this.namespace}:`;
    return key.startsWith(prefix) ? key.slice(prefix.length) : key;
  }
}

/** Keyv hands over `{ value, expires }`; with a value of undefined it means that nothing is there. */
function isNothing(stored: unknown): boolean {
  return typeof stored === 'object' && stored !== null && (stored as { value?: unknown }).value === undefined;
}
