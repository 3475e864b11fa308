import { Global, Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { CacheWarmer } from '@chaincache/cache';
import { warmingProviders } from './warming.providers.js';

/** What stays hot, and when. Its warmer is carried by the cache's own runner: `AppCacheModule.forRoot({ warmRunner })`. */
@Global()
@Module({ imports: [ScheduleModule.forRoot()], providers: warmingProviders, exports: [CacheWarmer] })
export class WarmingModule {}
