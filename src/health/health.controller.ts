import { Controller, Get, Header } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  HealthCheckService,
  type HealthCheckResult,
  HealthIndicatorService,
  type HealthIndicatorResult,
} from '@nestjs/terminus';
import type { Cache } from '@chaincache/cache';
import { InjectCache } from '@chaincache/cache/nest';
import { ChainStatus } from '../chain/index.js';
import { LifecycleState } from './lifecycle.state.js';

/**
 * For Kubernetes. Live: the process answers. Started: it has begun to serve. Ready: send it requests; without Redis it
 * still answers everything, from memory and from the sources, and says `degraded`; so it does where a chain is not heard.
 */
@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly lifecycle: LifecycleState,
    @InjectCache() private readonly cache: Cache,
    private readonly chains: ChainStatus,
  ) {}

  @Get('live')
  @Header('cache-control', 'no-store')
  live(): Promise<HealthCheckResult> {
    return this.health.check([() => this.indicators.check('process').up()]);
  }

  @Get('startup')
  @Header('cache-control', 'no-store')
  startup(): Promise<HealthCheckResult> {
    return this.health.check([() => this.phase(this.lifecycle.phase !== 'starting')]);
  }

  @Get('ready')
  @Header('cache-control', 'no-store')
  ready(): Promise<HealthCheckResult> {
    return this.health.check([
      () => this.phase(this.lifecycle.phase === 'serving'),
      () => this.redis(),
      () => this.watches(),
    ]);
  }

  private phase(good: boolean): HealthIndicatorResult {
    const indicator = this.indicators.check('application');
    const { phase } = this.lifecycle;
    return good ? indicator.up({ phase }) : indicator.down({ phase });
  }

  private redis(): HealthIndicatorResult {
    const indicator = this.indicators.check('redis');
    const state = this.cache.storeState();
    return state === 'down' ? indicator.degraded({ state }) : indicator.up({ state });
  }

  /** Chains that are not live are read as before, but what changes on them is seen only when entries expire. */
  private watches(): HealthIndicatorResult {
    const indicator = this.indicators.check('chains');
    const states = Object.fromEntries(this.chains.all().map(({ chain, state, height }) => [chain, { state, height }]));
    return this.chains.isDegraded ? indicator.degraded(states) : indicator.up(states);
  }
}
