import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { DatabaseProbe } from './database.probe.js';
import { HealthController } from './health.controller.js';
import { LifecycleState } from './lifecycle.state.js';
import { LoadMonitor } from './load.monitor.js';
import { ReadyChecks } from './ready.checks.js';
import { StartState } from './start.state.js';

@Module({
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController],
  providers: [LifecycleState, LoadMonitor, DatabaseProbe, StartState, ReadyChecks],
})
export class HealthModule {}
