import { createHash } from 'node:crypto';
import type { comet38 } from '@cosmjs/tendermint-rpc';
import type { CometClient } from './rpc.types.js';
import { upperHex, watchedBlock, watchedTx, type WatchedBlock, type WatchedTx } from './watched.block.js';

/** Most headers that a node gives at once. Source: CometBFT, rpc/core/blocks.go. */
const PAGE = 20;

export interface ReadBlock {
  readonly block: WatchedBlock;
  readonly txs: readonly WatchedTx[];
  /** Hash of the block before it; undefined at the first height. */
  readonly parentHash: string | undefined;
}

/** Up to 20 blocks from a height on, in order. Throws what the node answers where it lacks the first of them. */
export async function readBlocks(client: CometClient, from: number, to: number): Promise<ReadBlock[]> {
  const { blockMetas } = await client.blockchain(from, Math.min(to, from + PAGE - 1));
  const ascending = [...blockMetas].sort((one, other) => one.header.height - other.header.height);
  return Promise.all(ascending.map((meta) => readBlock(client, meta)));
}

async function readBlock(client: CometClient, meta: comet38.BlockMeta): Promise<ReadBlock> {
  const { height, lastBlockId } = meta.header;
  const [{ results, finalizeBlockEvents }, bodies] = await Promise.all([
    client.blockResults(height),
    meta.numTxs === 0 ? [] : client.block(height).then(({ block }) => block.txs),
  ]);
  return {
    block: watchedBlock(meta, finalizeBlockEvents),
    txs: results.map((result, index) => watchedTx(height, index, txHash(bodies[index]), result)),
    parentHash: lastBlockId === null ? undefined : upperHex(lastBlockId.hash),
  };
}

function txHash(body: Uint8Array | undefined): Uint8Array {
  if (body === undefined) throw new Error('The node gave results for a transaction that is not in its block.');
  return createHash('sha256').update(body).digest();
}
