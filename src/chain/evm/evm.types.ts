import type { Clock } from '@chaincache/cache';
import type { WatchState } from '../cometbft/index.js';

/** What names a block, and says where it stands. Hashes are lower-case hex with `0x`. */
export interface BlockHead {
  readonly number: number;
  readonly hash: string;
  readonly parentHash: string;
}

/** An ERC-20 transfer. Addresses are in key form. */
export interface Transfer {
  readonly token: string;
  readonly from: string;
  readonly to: string;
}

export interface EvmBlock extends BlockHead {
  readonly transfers: readonly Transfer[];
}

/** Blocks that were delivered and are no longer on the chain. */
export interface Reorg {
  /** The highest block that both branches have. */
  readonly forkHeight: number;
  /** The highest block of the branch that is no more. */
  readonly orphanedHeight: number;
  /** Who sent or received in the orphaned blocks, each once. */
  readonly wallets: readonly string[];
}

export interface BlockListener {
  /** Called once for each block, in order, and awaited. When it fails, the block is delivered again. */
  readonly onBlock: (block: EvmBlock) => Promise<void>;
  /** Called before the first block of the new branch, and awaited as well. */
  readonly onReorg: (reorg: Reorg) => Promise<void>;
  /** More was missed than is read afterwards: anything may have happened up to the block `head`. */
  readonly onLost: (head: number) => Promise<void>;
}

export interface EvmWatchOptions extends BlockListener {
  readonly url: string;
  readonly chainId: number;
  readonly onState?: (state: WatchState) => void;
  readonly clock?: Clock;
  /** After so long without a word the node is asked for its head, which also finds half-open connections. Default 5 s. */
  readonly silenceMs?: number;
  /** Default 5 s. */
  readonly requestTimeoutMs?: number;
}
