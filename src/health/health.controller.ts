import { Controller, Get, Header, UseFilters } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  HealthCheckService,
  type HealthCheckResult,
  HealthIndicatorService,
  type HealthIndicatorResult,
} from '@nestjs/terminus';
import { LifecycleState } from './lifecycle.state.js';
import { DescribesProbe } from './probe.description.js';
import { ReadyChecks } from './ready.checks.js';
import { StartState } from './start.state.js';
import { UnhealthyFilter } from './unhealthy.filter.js';

/**
 * For Kubernetes. Live: the process answers; it depends on nothing, as no restart brings a dependency back. Started: it
 * has its configuration, schema and a connection, and what is warmed at start is warm or has had its time. Ready: send it
 * requests; without Redis, PostgreSQL or a chain it says `degraded` as long as it can still answer.
 */
@ApiTags('health')
@Controller('health')
@UseFilters(UnhealthyFilter)
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly lifecycle: LifecycleState,
    private readonly start: StartState,
    private readonly ready: ReadyChecks,
  ) {}

  @Get('live')
  @DescribesProbe('Whether the process answers')
  @Header('cache-control', 'no-store')
  isLive(): Promise<HealthCheckResult> {
    return this.health.check([() => this.indicators.check('process').up()]);
  }

  @Get('startup')
  @DescribesProbe('Whether the start is done')
  @Header('cache-control', 'no-store')
  hasStarted(): Promise<HealthCheckResult> {
    return this.health.check([() => this.started()]);
  }

  @Get('ready')
  @DescribesProbe('Whether requests should be sent here; degraded: something is missing without which it still serves')
  @Header('cache-control', 'no-store')
  isReady(): Promise<HealthCheckResult> {
    return this.health.check([
      () => this.serving(),
      () => this.ready.overload(),
      () => this.ready.redis(),
      () => this.ready.postgres(),
      () => this.ready.watches(),
    ]);
  }

  private async started(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check('start');
    const steps = await this.start.steps();
    return Object.values(steps).every(Boolean) ? indicator.up({ ...steps }) : indicator.down({ ...steps });
  }

  private serving(): HealthIndicatorResult {
    const indicator = this.indicators.check('application');
    const { phase } = this.lifecycle;
    return phase === 'serving' ? indicator.up({ phase }) : indicator.down({ phase });
  }
}
