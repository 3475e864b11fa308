import { Module, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { ConsistencySampler } from '@chaincache/cache';
import { CacheWatch } from './cache.watch.js';
import { MetricsController } from './metrics.controller.js';
import { METRICS_PROVIDERS } from './metrics.providers.js';
import { MetricsServer } from './metrics.server.js';
import { StatsController } from './stats.controller.js';
import { RequestTracing } from './tracing/request.tracing.js';

/** Watches the cache: /metrics, /api/cache/stats, alerts, and a sampler that compares hits with their source. */
@Module({
  controllers: [MetricsController, StatsController],
  providers: [...METRICS_PROVIDERS, MetricsServer],
  exports: [CacheWatch],
})
export class MetricsModule implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(
    private readonly watch: CacheWatch,
    private readonly tracing: RequestTracing,
    // Nobody calls it: it listens.
    readonly sampler: ConsistencySampler,
  ) {}

  onApplicationBootstrap(): void {
    this.watch.start();
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all([this.watch.stop(), this.tracing.close()]);
  }
}
