import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import type { Cache } from '@chaincache/cache';
import { InjectCache } from '@chaincache/cache/nest';
import { ChainStatus } from '../chain/index.js';
import { DatabaseProbe } from './database.probe.js';
import { LoadMonitor } from './load.monitor.js';

/**
 * What readiness depends on. `down` takes the instance out of service; `degraded` says that something is missing without
 * which it still serves.
 */
@Injectable()
export class ReadyChecks {
  constructor(
    private readonly indicators: HealthIndicatorService,
    @InjectCache() private readonly cache: Cache,
    private readonly database: DatabaseProbe,
    private readonly load: LoadMonitor,
    private readonly chains: ChainStatus,
  ) {}

  overload(): HealthIndicatorResult {
    const indicator = this.indicators.check('load');
    const { overloaded, ...figures } = this.load.load;
    return overloaded ? indicator.down(figures) : indicator.up(figures);
  }

  /** Without Redis everything is answered from memory and from the sources. */
  redis(): HealthIndicatorResult {
    const indicator = this.indicators.check('redis');
    const state = this.cache.storeState();
    return state === 'down' ? indicator.degraded({ state }) : indicator.up({ state });
  }

  /** Without PostgreSQL the cache still answers, if there is anything in it. */
  async postgres(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check('database');
    if (await this.database.isUsable()) return indicator.up();
    const servable = this.cache.storeState() === 'up' || this.cache.l1Usage().entries > 0;
    return servable ? indicator.degraded({ servable }) : indicator.down({ servable });
  }

  /** Chains that are not live are read as before, but what changes on them is seen only when entries expire. */
  watches(): HealthIndicatorResult {
    const indicator = this.indicators.check('chains');
    const states = Object.fromEntries(this.chains.all().map(({ chain, state, height }) => [chain, { state, height }]));
    return this.chains.isDegraded ? indicator.degraded(states) : indicator.up(states);
  }
}
