import { Injectable } from '@nestjs/common';
import { Cached, loadContext } from '@chaincache/cache/nest';
import { blockHeight, type BlockSummary, recentBlocks } from '../catalog/network.entries.js';
import { R3mesClient } from './r3mes.client.js';
import type { NodeStatus } from './r3mes.schemas.js';

/** The most that anybody may ask for. */
export const MAX_BLOCKS = 100;
/** What a node says that knows itself to be behind is soon wrong. */
const BEHIND_FRESH_MS = 2_000;

/** Reads the chain's blocks through the cache. */
@Injectable()
export class BlocksLoader {
  constructor(private readonly client: R3mesClient) {}

  /** @throws SourceError */
  @Cached(blockHeight)
  async loadHeight(): Promise<number> {
    return noteStanding(await this.client.status(loadContext()?.signal));
  }

  /** The newest blocks, newest first. @throws SourceError */
  @Cached(recentBlocks)
  async loadRecent(): Promise<readonly BlockSummary[]> {
    const signal = loadContext()?.signal;
    const status = await this.client.status(signal);
    const height = noteStanding(status);
    const oldest = Math.max(1, status.earliestHeight, height - MAX_BLOCKS + 1);
    return this.client.blocks(oldest, height, signal);
  }
}

/** Tells the load under way what it was read at, and returns that. */
export function noteStanding({ height, catchingUp }: NodeStatus): number {
  const context = loadContext();
  context?.atHeight(height);
  if (catchingUp) context?.freshFor(BEHIND_FRESH_MS);
  return height;
}
