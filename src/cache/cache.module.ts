import { type DynamicModule, Inject, Module } from '@nestjs/common';
import { CacheEvents, CacheInvalidator, Catalog, type EntryOptions } from '@chaincache/cache';
import { CacheModule, type CacheModuleOptions, type CacheModuleSetup } from '@chaincache/cache/nest';
import type { Logger } from 'pino';
import { CATALOG_ENTRIES } from '../catalog/catalog.js';
import { tokenBalances } from '../catalog/token-balances.entry.js';
import { AppConfig } from '../config/app.config.js';
import { PostgresOutbox } from '../database/postgres.outbox.js';
import { cacheLog } from '../logging/cache.log.js';
import { LOGGER } from '../logging/logger.token.js';
import { CacheActions } from './cache.actions.js';
import { CacheController } from './cache.controller.js';
import { CacheWarmController } from './cache-warm.controller.js';
import { WarmOrders } from './warm.orders.js';
import { WalletInvalidation } from './wallet.invalidation.js';

/** Beyond the deadline that the loader keeps by itself. */
const HARD_TIMEOUT_MARGIN_MS = 1_000;

/** Wires the library to the configuration; without REDIS_URL the cache lives in this process's memory. */
@Module({
  controllers: [CacheController, CacheWarmController],
  providers: [
    CacheActions,
    WarmOrders,
    {
      provide: WalletInvalidation,
      useFactory: (invalidator: CacheInvalidator, config: AppConfig) =>
        new WalletInvalidation(invalidator, config.invalidationCooldownMs),
      inject: [CacheInvalidator, AppConfig],
    },
  ],
})
export class AppCacheModule {
  constructor(events: CacheEvents, @Inject(LOGGER) logger: Logger) {
    events.add(cacheLog(logger));
  }

  /** @param setup who carries out the plans of `@Warm` */
  static forRoot(setup: CacheModuleSetup): DynamicModule {
    const cache = CacheModule.forRootAsync({ ...setup, inject: [AppConfig, PostgresOutbox], useFactory: cacheOptions });
    return { module: AppCacheModule, imports: [cache] };
  }
}

function cacheOptions(config: AppConfig, outbox: PostgresOutbox): CacheModuleOptions {
  const keyPrefix = config.cacheKeyPrefix === undefined ? {} : { keyPrefix: config.cacheKeyPrefix };
  return {
    catalog: new Catalog(CATALOG_ENTRIES),
    outbox,
    l1MaxBytes: config.l1MaxBytes,
    overrides: overridesOf(config),
    encryption: { keys: config.cacheEncryptionKeys },
    ...(config.redis === undefined ? {} : { redis: { ...config.redis, ...keyPrefix } }),
  };
}

function overridesOf(config: AppConfig): Record<string, EntryOptions> {
  const overrides: Record<string, EntryOptions> = {
    [tokenBalances.name]: { hardTimeout: config.requestDeadlineMs + HARD_TIMEOUT_MARGIN_MS },
  };
  for (const [entry, fresh] of Object.entries(config.freshMsByEntry)) overrides[entry] = { ...overrides[entry], fresh };
  return overrides;
}
