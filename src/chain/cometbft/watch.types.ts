import type { Clock } from '@chaincache/cache';
import type { ReconnectingRpcOptions } from './reconnecting-rpc.client.js';
import type { WatchedBlock, WatchedTx } from './watched.block.js';

/** How it stands between the watcher and the chain. */
export type WatchState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'disconnected'; readonly reason: string; readonly retryInMs: number }
  /** Blocks up to `head` are being delivered. */
  | { readonly kind: 'filling'; readonly height: number; readonly head: number }
  /** Everything that the node has is delivered. */
  | { readonly kind: 'live'; readonly height: number }
  /** The node is well, but there is no new block since `silentMs`. */
  | { readonly kind: 'halted'; readonly height: number; readonly silentMs: number }
  /** The node itself is behind its chain, or behind what was delivered already. */
  | { readonly kind: 'behind'; readonly height: number; readonly nodeHeight: number }
  /** A block could not be read or was not taken; it is tried again. */
  | { readonly kind: 'retrying'; readonly error: unknown; readonly retryInMs: number }
  /** For good: the node is of another chain. */
  | { readonly kind: 'failed'; readonly error: Error }
  | { readonly kind: 'stopped' };

/** Blocks that can never be delivered. */
export type Loss =
  /** The node no longer has the heights `from` to `to`. */
  | { readonly kind: 'pruned'; readonly from: number; readonly to: number }
  /** What was delivered is not of the chain that the node has now, under the same id: a chain that was started anew. */
  | { readonly kind: 'replaced'; readonly delivered: number };

/** The last block that was dealt with. */
export interface Delivered {
  readonly height: number;
  /** Upper-case hex. */
  readonly hash: string;
  readonly time: Date;
}

export interface WatchOptions {
  /** Any address of the node: `http://host:26657`, `ws://host:26657/websocket`, … */
  readonly url: string;
  readonly chainId: string;
  /** First height to deliver. Default: the node's last one at the first connection. */
  readonly from?: number;
  /** Instead of `from`: go on behind this block, and notice when it is of a chain that no longer is. */
  readonly after?: Delivered;
  /**
   * Called once for each height, in order, after `onTx` for each of its transactions, and awaited: who keeps the height
   * here has dealt with the transactions. When one of them fails, the whole block is delivered again.
   */
  readonly onBlock: (block: WatchedBlock) => void | Promise<void>;
  readonly onTx: (tx: WatchedTx) => void | Promise<void>;
  readonly onState?: (state: WatchState) => void;
  readonly onLost?: (loss: Loss) => void | Promise<void>;
  /** Default 5 s, which is CometBFT's usual pace. */
  readonly expectedBlockMs?: number;
  /** After so many expected blocks without one, the node is asked why. Default 3. */
  readonly silentBlocks?: number;
  readonly clock?: Clock;
  readonly rpc?: Pick<ReconnectingRpcOptions, 'requestTimeoutMs' | 'connectTimeoutMs' | 'backoff'>;
}

export interface BlockWatch {
  /**
   * Resolves when the node has proved to be of the right chain; until then it goes on connecting.
   * @throws WrongChainError and the watch has ended; it is also the last state
   */
  readonly ready: Promise<void>;
  /** Resolves when nothing will be delivered any more. */
  stop(): Promise<void>;
}
