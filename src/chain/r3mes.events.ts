import { Injectable } from '@nestjs/common';
import { CacheInvalidator } from '@chaincache/cache';
import { BlockCreated } from '../catalog/events/block-created.event.js';
import { TxConfirmed } from '../catalog/events/tx-confirmed.event.js';
import { CHAIN_TAG } from '../catalog/tags.js';
import type { WatchedBlock, WatchedTx, WatchOptions } from './cometbft/index.js';
import { EventPublisher } from './event.publisher.js';

/** Everything of users and of miners. */
const PREFIXES = ['user:*', 'miner:*'];

/** Turns blocks of the R3MES chain into events: all of a block in one step, whatever number of transactions it has. */
@Injectable()
export class R3mesEvents {
  private gathered: WatchedTx[] = [];

  constructor(
    private readonly publisher: EventPublisher,
    private readonly invalidator: CacheInvalidator,
  ) {}

  /** What the watch of the chain calls. Each rejects when its invalidation must be tried again. */
  listener(): Required<Pick<WatchOptions, 'onTx' | 'onBlock' | 'onLost'>> {
    return {
      onTx: (tx) => this.gather(tx),
      onBlock: (block) => this.created(block),
      onLost: () => this.lost(),
    };
  }

  /** A block that was not taken comes again, with all its transactions. */
  private gather(tx: WatchedTx): void {
    if (tx.height !== this.gathered[0]?.height || tx.index === 0) this.gathered = [];
    this.gathered.push(tx);
  }

  private async created({ height }: WatchedBlock): Promise<void> {
    const confirmed = this.gathered.filter((tx) => tx.height === height && tx.wallets.length > 0);
    await this.publisher.publish([
      ...confirmed.map(({ wallets }) => new TxConfirmed(wallets, height)),
      new BlockCreated(height),
    ]);
    this.gathered = [];
  }

  /** Transactions that nobody will tell of may have been anybody's. */
  private async lost(): Promise<void> {
    await this.invalidator.invalidateByTags([CHAIN_TAG]);
    for (const prefix of PREFIXES) await this.invalidator.invalidateByPattern(prefix);
  }
}
