import { Module } from '@nestjs/common';
import { EventsBody } from './events.body.js';
import { EventsController } from './events.controller.js';
import { EventsService } from './events.service.js';
import { ReceivedEvents } from './received.events.js';
import { TransferCheck } from './transfer.check.js';

@Module({
  controllers: [EventsController],
  providers: [EventsBody, EventsService, ReceivedEvents, TransferCheck],
})
export class EventsModule {}
