import { Global, Module } from '@nestjs/common';
import { ChainStatus } from './chain.status.js';
import { ChainWatchers } from './chain.watchers.js';
import { EventPublisher } from './event.publisher.js';
import { EvmEvents } from './evm.events.js';
import { R3mesEvents } from './r3mes.events.js';
import { SeenTransfers } from './seen.transfers.js';

/** Watches the chains and turns their blocks into events. */
@Global()
@Module({
  providers: [
    ChainStatus,
    ChainWatchers,
    EventPublisher,
    EvmEvents,
    R3mesEvents,
    { provide: SeenTransfers, useFactory: (status: ChainStatus) => new SeenTransfers(status), inject: [ChainStatus] },
  ],
  exports: [ChainStatus, SeenTransfers],
})
export class ChainModule {}
