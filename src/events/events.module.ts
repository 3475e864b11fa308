import { Module } from '@nestjs/common';
import { EventsBody } from './events.body.js';
import { EventsController } from './events.controller.js';
import { EventsService } from './events.service.js';
import { R3mesHead } from './r3mes.head.js';
import { ReceivedEvents } from './received.events.js';
import { HeightCheck } from './height.check.js';

@Module({
  controllers: [EventsController],
  providers: [EventsBody, EventsService, ReceivedEvents, HeightCheck, R3mesHead],
})
export class EventsModule {}
