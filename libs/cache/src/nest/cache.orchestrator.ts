import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { CacheError } from '../index.js';
import { mountCachedMethod, type CachedMethod } from './cached.method.js';
import { CacheExplorer } from './cache.explorer.js';
import { CacheRegistry } from './cache.registry.js';
import { CacheRuntime } from './cache.runtime.js';
import { EventSubscriptions } from './event.subscriptions.js';
import { InvalidationListener } from './invalidation.listener.js';
import { WARM_RUNNER, type WarmRunner } from './warm.runner.js';

/**
 * Mounts what the explorer found, and takes it down again. In this order:
 * wrappers and listeners before any route is bound and before the first `onModuleInit`; the cache in `onModuleInit`
 * (global modules come first); warming when every module has started. At shutdown warming ends first, then, after the
 * last request, listeners are drained and the cache is closed.
 */
@Injectable()
export class CacheOrchestrator implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  private mounting: Promise<void> | undefined;
  private unmount: (() => void)[] = [];

  constructor(
    private readonly explorer: CacheExplorer,
    private readonly registry: CacheRegistry,
    private readonly subscriptions: EventSubscriptions,
    private readonly runtime: CacheRuntime,
    @Inject(WARM_RUNNER) private readonly warmRunner: WarmRunner,
  ) {}

  /** Mounts wrappers and listeners; a second call does nothing. A contradiction closes the cache and rejects. */
  mount(): Promise<void> {
    this.mounting ??= this.mountOnce().catch(async (error: unknown) => {
      await this.onApplicationShutdown();
      throw error;
    });
    return this.mounting;
  }

  async onModuleInit(): Promise<void> {
    await this.mount();
    await this.runtime.cache.start();
  }

  onApplicationBootstrap(): void {
    this.warmRunner.start(this.registry.warmPlans());
  }

  async onModuleDestroy(): Promise<void> {
    await this.warmRunner.stop();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.subscriptions.stop();
    for (const unmount of this.unmount.splice(0)) unmount();
    await this.runtime.close();
  }

  private async mountOnce(): Promise<void> {
    const { cache, clock, listenerRetry } = this.runtime;
    const findings = this.explorer.explore();
    const listeners = findings.invalidationRules.map(
      (rule) => new InvalidationListener(rule, cache.invalidator, clock, listenerRetry),
    );
    this.registry.fill(findings, listeners);
    for (const method of findings.cachedMethods) {
      this.requireInCatalog(method);
      this.unmount.push(mountCachedMethod(method, cache.manager));
    }
    await this.subscriptions.mount(listeners, this.registry.warmPlans());
  }

  private requireInCatalog({ entry, source }: CachedMethod): void {
    const { catalog } = this.runtime.cache;
    if (catalog.entries.length === 0 || catalog.get(entry.name) === entry) return;
    throw new CacheError(
      'CATALOG',
      `${source} is @Cached by entry "${entry.name}", which is not in the catalog that CacheModule was given: add it there`,
      { entry: entry.name },
    );
  }
}
