import { Module, type OnModuleDestroy } from '@nestjs/common';
import { CacheEvents } from '@chaincache/cache';
import { LiveController } from './live.controller.js';
import { walletChanges } from './wallet.changes.js';
import { WalletStreams } from './wallet.streams.js';

/** Wallets' changes as they happen. */
@Module({
  controllers: [LiveController],
  providers: [{ provide: WalletStreams, useFactory: () => new WalletStreams() }],
})
export class LiveModule implements OnModuleDestroy {
  constructor(
    private readonly streams: WalletStreams,
    events: CacheEvents,
  ) {
    events.add(walletChanges(streams));
  }

  onModuleDestroy(): void {
    this.streams.close();
  }
}
