import { Injectable } from '@nestjs/common';
import { CacheError } from '@chaincache/cache';
import { BlockCreated } from '../catalog/events/block-created.event.js';
import { ChainReorged } from '../catalog/events/chain-reorged.event.js';
import { TokensTransferred } from '../catalog/events/tokens-transferred.event.js';
import { AppConfig } from '../config/app.config.js';
import { ChainHeadReader } from '../source/chain-head.reader.js';
import { SourceError } from '../source/source.error.js';
import { R3mesHead } from './r3mes.head.js';

/** Of the chain whose heights come without a chain id. */
const R3MES = 'r3mes';

type Chain = number | typeof R3MES;

/** A block that nothing older than may be cached after the event: were it made up, nothing would be kept for long. */
interface Demand {
  readonly chain: Chain;
  readonly height: number;
  readonly field: string;
}

/** Refuses events that cannot have been seen: of a chain that is not served, or of a block that does not exist yet. */
@Injectable()
export class HeightCheck {
  constructor(
    private readonly config: AppConfig,
    private readonly heads: ChainHeadReader,
    private readonly r3mes: R3mesHead,
  ) {}

  /** @returns for each event why it is refused, or null; one question to a chain's node for all of them, at most */
  async refusals(events: readonly object[]): Promise<(string | null)[]> {
    const highest = new Map<Chain, number>();
    for (const { chain, height } of events.flatMap((event) => this.demandOf(event) ?? [])) {
      highest.set(chain, Math.max(height, highest.get(chain) ?? 0));
    }
    const limits = new Map<Chain, number>();
    await Promise.all([...highest].map(async ([chain, height]) => limits.set(chain, await this.limit(chain, height))));
    return events.map((event) => {
      if (!this.isServed(event)) return 'data.chainId: is not a chain that is served here';
      const demand = this.demandOf(event);
      if (demand === null || demand.height <= limits.get(demand.chain)!) return null;
      return `data.${demand.field}: should be at most one block above the head of the chain`;
    });
  }

  private demandOf(event: object): Demand | null {
    if (event instanceof BlockCreated) return { chain: R3MES, height: event.height, field: 'height' };
    if (!(event instanceof TokensTransferred) || !this.isServed(event)) return null;
    return { chain: event.chainId, height: event.blockNumber, field: 'blockNumber' };
  }

  private isServed(event: object): boolean {
    if (!(event instanceof TokensTransferred || event instanceof ChainReorged)) return true;
    return this.config.evmChains.some(({ id }) => id === event.chainId);
  }

  /** The highest block that is believed. A node that cannot be asked is no reason to lose an event. */
  private async limit(chain: Chain, height: number): Promise<number> {
    try {
      if (chain === R3MES) return await this.r3mes.limit(height);
      if (await this.heads.reaches(chain, height)) return height;
      return (this.heads.known(chain) ?? 0) + 1;
    } catch (error) {
      if (error instanceof SourceError || error instanceof CacheError) return height;
      throw error;
    }
  }
}
