import { createRequire } from 'node:module';
import type { FactoryProvider, ModuleMetadata, Provider, Type } from '@nestjs/common';
import type { CompatOptions } from '../compat/compat.options.js';
import {
  CacheError,
  CacheEvents,
  CacheInvalidator,
  CacheManager,
  Catalog,
  createCache,
  HitReader,
  type CacheOptions,
} from '../index.js';
import type { RedisTier, RedisTierOptions } from '../redis/index.js';
import { CacheRegistry } from './cache.registry.js';
import { CacheRuntime } from './cache.runtime.js';
import { CACHE, CACHE_CLOCK, CACHE_MODULE_OPTIONS, CACHE_REDIS_TIER } from './cache.tokens.js';
import type { ListenerRetryOptions } from './invalidation.listener.js';
import type { WarmRunner } from './warm.runner.js';

/** Everything `createCache` takes, and what only a Nest application needs. Nothing is required. */
export interface CacheModuleOptions extends CacheOptions {
  /** The second tier; needs `ioredis`. Default none: one process, the same promise. Contradicts `store` and `bus`. */
  readonly redis?: RedisTierOptions | undefined;
  /** How a failed `@InvalidateOn` is tried again. Default: 6 tries, from 50 ms, doubling up to 2 s. */
  readonly listenerRetry?: Partial<ListenerRetryOptions>;
  /** Namespace and default TTL of what stands behind `@Inject(CACHE_MANAGER)`. */
  readonly cacheManager?: CompatOptions;
}

/** What must be known before any provider exists. */
export interface CacheModuleSetup {
  /** Carries out the plans of `@Warm`. Default `TimerWarmRunner`: from this process alone. */
  readonly warmRunner?: Type<WarmRunner>;
}

export interface CacheModuleAsyncOptions extends CacheModuleSetup, Pick<ModuleMetadata, 'imports'> {
  readonly inject?: NonNullable<FactoryProvider['inject']>;
  readonly useFactory: FactoryProvider<CacheModuleOptions | Promise<CacheModuleOptions>>['useFactory'];
}

/** The token of `@nestjs/cache-manager`, by value: that package need not be installed. */
const CACHE_MANAGER = 'CACHE_MANAGER';

/** What every module of the application can inject. */
export function publicProviders(): Provider[] {
  return [
    ofRuntime(CACHE, ({ cache }) => cache),
    ofRuntime(CacheManager, ({ cache }) => cache.manager),
    ofRuntime(HitReader, ({ cache }) => cache.hits),
    ofRuntime(CacheInvalidator, ({ cache }) => cache.invalidator),
    ofRuntime(CacheEvents, ({ cache }) => cache.events),
    ofRuntime(Catalog, ({ cache }) => cache.catalog),
    { provide: CACHE_REDIS_TIER, useFactory: createTier, inject: [CACHE_MODULE_OPTIONS] },
    CacheRegistry,
    ...standardCache(),
  ];
}

/** The cache as the options want it. */
export function runtimeProviders(): Provider[] {
  return [
    { provide: CacheRuntime, useFactory: createRuntime, inject: [CACHE_MODULE_OPTIONS, CACHE_REDIS_TIER] },
    ofRuntime(CACHE_CLOCK, ({ clock }) => clock),
  ];
}

function ofRuntime(
  token: symbol | Type | typeof CacheManager | typeof HitReader,
  part: (runtime: CacheRuntime) => unknown,
): FactoryProvider {
  return { provide: token, useFactory: part, inject: [CacheRuntime] };
}

async function createTier(options: CacheModuleOptions): Promise<RedisTier | null> {
  if (options.redis === undefined) return null;
  if (options.store !== undefined || options.bus !== undefined) {
    throw new CacheError('INVALID_OPTION', 'CacheModule: give it either `redis`, or a `store` and `bus`, not both');
  }
  // Loaded here, so that an application without Redis need not install ioredis.
  const { redisTier } = await import('../redis/index.js');
  return redisTier(options.redis, options.clock);
}

function createRuntime(options: CacheModuleOptions, tier: RedisTier | null): CacheRuntime {
  const { clock, listenerRetry } = options;
  if (tier === null) return new CacheRuntime(createCache(options), clock, listenerRetry);
  const cache = createCache({ ...options, store: tier.store, bus: tier.bus });
  return new CacheRuntime(cache, clock, listenerRetry, () => tier.close());
}

function standardCache(): FactoryProvider[] {
  if (!isInstalled('cache-manager') || !isInstalled('keyv')) return [];
  const useFactory = async ({ cache }: CacheRuntime, { cacheManager }: CacheModuleOptions): Promise<unknown> => {
    const { createCacheManager } = await import('../compat/index.js');
    return createCacheManager(cache, cacheManager);
  };
  return [{ provide: CACHE_MANAGER, useFactory, inject: [CacheRuntime, CACHE_MODULE_OPTIONS] }];
}

function isInstalled(packageName: string): boolean {
  try {
    createRequire(import.meta.url).resolve(packageName);
    return true;
  } catch {
    return false;
  }
}
