import type { comet38 } from '@cosmjs/tendermint-rpc';
import { walletsIn } from './tx.wallets.js';

/** A block, told by its height and the hash of its `block_id` (headers carry none of their own). */
export interface WatchedBlock {
  readonly height: number;
  /** Upper-case hex. */
  readonly hash: string;
  readonly time: Date;
  /** Consensus address of who proposed it, upper-case hex. */
  readonly proposer: string;
  /** The wallet that the chain's own events name as its miner; undefined where none does. */
  readonly miner: string | undefined;
  readonly txCount: number;
}

export interface WatchedTx {
  readonly height: number;
  /** Place within its block, from 0. */
  readonly index: number;
  /** Upper-case hex. */
  readonly hash: string;
  /** 0 for success. A failed transaction still costs its sender a fee. */
  readonly code: number;
  readonly events: readonly comet38.Event[];
  /** The R3MES wallets that its events name, each once. */
  readonly wallets: readonly string[];
}

export function watchedBlock(meta: comet38.BlockMeta, finalizeEvents: readonly comet38.Event[]): WatchedBlock {
  const { header, blockId, numTxs } = meta;
  return {
    height: header.height,
    hash: upperHex(blockId.hash),
    time: new Date(header.time.getTime()),
    proposer: upperHex(header.proposerAddress),
    miner: minerIn(finalizeEvents),
    txCount: numTxs,
  };
}

export function watchedTx(height: number, index: number, hash: Uint8Array, result: comet38.TxData): WatchedTx {
  const { code, events } = result;
  return { height, index, hash: upperHex(hash), code, events, wallets: walletsIn(events) };
}

export function upperHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').toUpperCase();
}

function minerIn(events: readonly comet38.Event[]): string | undefined {
  for (const { attributes } of events) {
    const miner = attributes.find(({ key }) => key === 'miner');
    if (miner !== undefined) return miner.value;
  }
  return undefined;
}
