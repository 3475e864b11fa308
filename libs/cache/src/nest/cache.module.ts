import { Module, type DynamicModule, type NestModule } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { CacheExplorer } from './cache.explorer.js';
import { CacheMetadataAccessor } from './cache-metadata.accessor.js';
import { CacheOrchestrator } from './cache.orchestrator.js';
import {
  publicProviders,
  runtimeProviders,
  type CacheModuleAsyncOptions,
  type CacheModuleOptions,
  type CacheModuleSetup,
} from './cache.providers.js';
import { CACHE_MODULE_OPTIONS } from './cache.tokens.js';
import { EventSubscriptions } from './event.subscriptions.js';
import { TimerWarmRunner } from './timer-warm.runner.js';
import { WARM_RUNNER } from './warm.runner.js';

export type { CacheModuleAsyncOptions, CacheModuleOptions, CacheModuleSetup };

/**
 * The cache as a global module: import it once, in the application's root module, before modules that use it while they
 * start. Provides `CacheManager`, `HitReader`, `CacheInvalidator`, `CacheEvents`, `Catalog` and `CacheRegistry` by their classes,
 * the `Cache` by `@InjectCache()`, the Redis tier by `@InjectRedisTier()`, and, where `cache-manager` and `keyv` are
 * installed, a standard cache behind `@Inject(CACHE_MANAGER)` on the same tiers. Started and closed with the application.
 */
@Module({})
export class CacheModule implements NestModule {
  constructor(private readonly orchestrator: CacheOrchestrator) {}

  static forRoot(options: CacheModuleOptions & CacheModuleSetup = {}): DynamicModule {
    const { warmRunner, ...cacheOptions } = options;
    return CacheModule.forRootAsync({ ...(warmRunner && { warmRunner }), useFactory: () => cacheOptions });
  }

  /** @example CacheModule.forRootAsync({ inject: [Config], useFactory: (config: Config) => ({ redis: { url: config.redisUrl } }) }) */
  static forRootAsync(options: CacheModuleAsyncOptions): DynamicModule {
    const { imports = [], inject = [], useFactory, warmRunner = TimerWarmRunner } = options;
    const provided = publicProviders();
    return {
      module: CacheModule,
      global: true,
      imports: [DiscoveryModule, ...imports],
      providers: [
        { provide: CACHE_MODULE_OPTIONS, useFactory, inject },
        { provide: WARM_RUNNER, useClass: warmRunner },
        ...runtimeProviders(),
        ...provided,
        CacheMetadataAccessor,
        CacheExplorer,
        EventSubscriptions,
        CacheOrchestrator,
      ],
      exports: provided,
    };
  }

  /**
   * Not for middleware: Nest calls this hook after every instance exists and before it binds routes to their methods,
   * which is the last moment at which a wrapper on a handler is still seen. Without HTTP, `onModuleInit` does the same.
   */
  configure(): Promise<void> {
    return this.orchestrator.mount();
  }
}
