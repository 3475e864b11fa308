import { Global, Module } from '@nestjs/common';
import { ChainHeadReader } from './chain-head.reader.js';
import { ColdLoadLimiter } from './cold-load.limiter.js';

/** What all features that read a source share. */
@Global()
@Module({ providers: [ColdLoadLimiter, ChainHeadReader], exports: [ColdLoadLimiter, ChainHeadReader] })
export class SourceModule {}
