import { Injectable } from '@nestjs/common';
import { TokensTransferred } from '../catalog/events/tokens-transferred.event.js';
import { AppConfig } from '../config/app.config.js';
import { ChainHeadReader } from '../source/chain-head.reader.js';
import { SourceError } from '../source/source.error.js';

/** Refuses transfers that cannot have been seen: of a chain that is not served, or in a block that does not exist yet. */
@Injectable()
export class TransferCheck {
  constructor(
    private readonly config: AppConfig,
    private readonly heads: ChainHeadReader,
  ) {}

  /** @returns for each event why it is refused, or null; one question to a chain's node for all of them, at most */
  async refusals(events: readonly object[]): Promise<(string | null)[]> {
    const highest = new Map<number, number>();
    for (const event of events) {
      if (!(event instanceof TokensTransferred) || !this.isServed(event)) continue;
      highest.set(event.chainId, Math.max(event.blockNumber, highest.get(event.chainId) ?? 0));
    }
    const limits = new Map<number, number>();
    await Promise.all(
      [...highest].map(async ([chainId, height]) => limits.set(chainId, await this.limit(chainId, height))),
    );
    return events.map((event) => {
      if (!(event instanceof TokensTransferred)) return null;
      if (!this.isServed(event)) return 'data.chainId: is not a chain that is served here';
      const beyond = event.blockNumber > limits.get(event.chainId)!;
      return beyond ? 'data.blockNumber: should be at most one block above the head of the chain' : null;
    });
  }

  private isServed({ chainId }: TokensTransferred): boolean {
    return this.config.evmChains.some(({ id }) => id === chainId);
  }

  /** The highest block that is believed. A node that cannot be asked is no reason to lose an event. */
  private async limit(chainId: number, height: number): Promise<number> {
    try {
      if (await this.heads.reaches(chainId, height)) return height;
      return (this.heads.known(chainId) ?? 0) + 1;
    } catch (error) {
      if (error instanceof SourceError) return height;
      throw error;
    }
  }
}
