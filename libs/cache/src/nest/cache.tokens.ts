import { Inject } from '@nestjs/common';

/** Token of the `Cache` as `createCache` made it: manager, invalidator, events, catalog, and the state of the store. */
export const CACHE = Symbol('chaincache:cache');

/** Token of the `RedisTier` behind the cache (its ioredis `client` among it); null without Redis. */
export const CACHE_REDIS_TIER = Symbol('chaincache:redis-tier');

/** Token of the clock that the cache lives by. */
export const CACHE_CLOCK = Symbol('chaincache:clock');

/** Token of the options that `CacheModule` was given. */
export const CACHE_MODULE_OPTIONS = Symbol('chaincache:module-options');

/** Injects the `Cache`. `CacheManager`, `CacheInvalidator`, `CacheEvents` and `Catalog` are injected by their classes. */
export const InjectCache = (): ParameterDecorator & PropertyDecorator => Inject(CACHE);

/** Injects the `RedisTier`, or null. */
export const InjectRedisTier = (): ParameterDecorator & PropertyDecorator => Inject(CACHE_REDIS_TIER);
