import type { Block, BlockId, ChainEvent, Commit, TxResult } from './cometbft.types.js';

/** A block and what came of it. */
export interface StoredBlock {
  readonly block: Block;
  readonly block_id: BlockId;
  readonly results: readonly TxResult[];
  readonly finalizeEvents: readonly ChainEvent[];
  /** The application's hash after this block; the next header carries it. */
  readonly appHash: string;
  /** The precommits for this block; the next block carries them. */
  readonly commit: Commit;
  readonly miner: string;
}

export function heightOf(stored: StoredBlock): number {
  return Number(stored.block.header.height);
}
