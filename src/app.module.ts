import { type DynamicModule, Module } from '@nestjs/common';
import { EventEmitterModule } from '@nestjs/event-emitter';
import type { Logger } from 'pino';
import { AuthModule } from './auth/auth.module.js';
import { AppCacheModule } from './cache/cache.module.js';
import { ChainModule } from './chain/chain.module.js';
import type { AppConfig } from './config/app.config.js';
import { ConfigModule } from './config/config.module.js';
import { ConsoleModule } from './console/console.module.js';
import { DatabaseModule } from './database/database.module.js';
import { EventsModule } from './events/events.module.js';
import { HealthModule } from './health/health.module.js';
import { HotAnswersModule } from './http/hot-answers.module.js';
import { InvalidationModule } from './invalidation/invalidation.module.js';
import { LiveModule } from './live/live.module.js';
import { LoggingModule } from './logging/logging.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { MinersModule } from './miners/miners.module.js';
import { NetworkModule } from './network/network.module.js';
import { QuotesModule } from './quotes/quotes.module.js';
import { SourceModule } from './source/source.module.js';
import { TokensModule } from './tokens/tokens.module.js';
import { UsersModule } from './users/users.module.js';
import { FleetWarmRunner } from './warming/index.js';
import { WarmingModule } from './warming/warming.module.js';

/** The whole application, put together. */
@Module({})
export class AppModule {
  static forRoot(config: AppConfig, logger: Logger): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(config),
        LoggingModule.forRoot(logger),
        EventEmitterModule.forRoot(),
        DatabaseModule,
        SourceModule,
        AuthModule,
        AppCacheModule.forRoot({ warmRunner: FleetWarmRunner }),
        HotAnswersModule,
        WarmingModule,
        TokensModule,
        LiveModule,
        QuotesModule,
        UsersModule,
        MinersModule,
        NetworkModule,
        EventsModule,
        InvalidationModule,
        ChainModule,
        MetricsModule,
        HealthModule,
        ConsoleModule,
      ],
    };
  }
}
