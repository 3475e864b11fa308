import { Inject, Injectable, type Provider } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { type Cache, CacheWarmer, createWarmer } from '@chaincache/cache';
import { InjectCache, InjectRedisTier } from '@chaincache/cache/nest';
import type { RedisTier } from '@chaincache/cache/redis';
import type { Logger } from 'pino';
import { AppConfig } from '../config/app.config.js';
import { LOGGER } from '../logging/logger.token.js';
import { scheduledRoundTimer } from './scheduled-round.timer.js';
import { WarmedEntries } from './warmed.entries.js';

/** Makes the warmer: with Redis one of a fleet, without it alone, as then every process has a memory of its own. */
@Injectable()
class WarmerFactory {
  constructor(
    @InjectCache() private readonly cache: Cache,
    @InjectRedisTier() private readonly tier: RedisTier | null,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly config: AppConfig,
    private readonly registry: SchedulerRegistry,
  ) {}

  create(): CacheWarmer {
    return createWarmer(this.cache, {
      ...this.config.warming,
      ...(this.tier === null ? {} : { fleet: this.tier.warmFleet }),
      timer: scheduledRoundTimer(this.registry),
      onFailure: (entry, error) => {
        const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
        this.logger.warn({ event: 'warm.failed', entry, reason });
      },
    });
  }
}

export const warmingProviders: Provider[] = [
  WarmerFactory,
  { provide: CacheWarmer, useFactory: (factory: WarmerFactory) => factory.create(), inject: [WarmerFactory] },
  WarmedEntries,
];
