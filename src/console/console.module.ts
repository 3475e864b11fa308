import { Module } from '@nestjs/common';
import { MetricsModule } from '../metrics/metrics.module.js';
import { ConsoleController } from './console.controller.js';
import { LiveStats } from './live.stats.js';
import { StatsStreams } from './stats.streams.js';

/** What the console page is told while it is open. The page itself is built and served with the other one. */
@Module({
  imports: [MetricsModule],
  controllers: [ConsoleController],
  providers: [LiveStats, { provide: StatsStreams, useFactory: () => new StatsStreams() }],
})
export class ConsoleModule {}
