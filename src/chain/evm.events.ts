import { Injectable } from '@nestjs/common';
import { CacheInvalidator } from '@chaincache/cache';
import { ChainReorged } from '../catalog/events/chain-reorged.event.js';
import { TokensTransferred } from '../catalog/events/tokens-transferred.event.js';
import { walletTag } from '../catalog/tags.js';
import { tokenBalances } from '../catalog/token-balances.entry.js';
import { EventPublisher } from './event.publisher.js';
import type { BlockListener, EvmBlock, Reorg } from './evm/evm.types.js';
import { walletsOf } from './evm/recent.blocks.js';
import { SeenTransfers } from './seen.transfers.js';

/** Turns blocks of EVM chains into events. */
@Injectable()
export class EvmEvents {
  constructor(
    private readonly publisher: EventPublisher,
    private readonly invalidator: CacheInvalidator,
    private readonly seen: SeenTransfers,
  ) {}

  /** What a watch of this chain calls. Each rejects when its invalidation must be tried again. */
  of(chainId: number): BlockListener {
    return {
      onBlock: (block) => this.transferred(chainId, block),
      onReorg: (reorg) => this.reorged(chainId, reorg),
      onLost: (head) => this.lost(chainId, head),
    };
  }

  private async transferred(chainId: number, block: EvmBlock): Promise<void> {
    if (block.transfers.length === 0) return;
    // Before the invalidation: a load that begins after it must know of the demand.
    this.seen.demand(chainId, block.number, walletsOf(block));
    const pairs = new Map(block.transfers.map(({ from, to }) => [`${from}${to}`, { from, to }]));
    await this.publisher.publish(
      [...pairs.values()].map(({ from, to }) => new TokensTransferred(chainId, from, to, block.number)),
    );
  }

  /**
   * A height does not tell one branch from another: only above the old branch is it certain that an indexer has seen the
   * reorganisation. Until then the wallets' values are kept briefly.
   */
  private async reorged(chainId: number, { forkHeight, orphanedHeight, wallets }: Reorg): Promise<void> {
    const minHeight = orphanedHeight + 1;
    this.seen.demand(chainId, minHeight, wallets);
    await this.publisher.invalidate(wallets.map(walletTag), minHeight);
    await this.publisher.publish([new ChainReorged(chainId, forkHeight, wallets)]);
  }

  private async lost(chainId: number, head: number): Promise<void> {
    this.seen.demandOfAll(chainId, head);
    await this.invalidator.invalidateByPattern(`${prefixOf(tokenBalances.template)}*`);
  }
}

/** `tokens:{address}` begins with `tokens:`. */
function prefixOf(template: string): string {
  return template.slice(0, template.indexOf('{'));
}
