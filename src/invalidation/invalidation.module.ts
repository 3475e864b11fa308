import { Module } from '@nestjs/common';
import { EventInvalidations } from './event.invalidations.js';

/** What events make invalid. The listeners stand before anything can be emitted. */
@Module({ providers: [EventInvalidations] })
export class InvalidationModule {}
