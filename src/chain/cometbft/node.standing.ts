import type { comet38 } from '@cosmjs/tendermint-rpc';
import type { Delivered } from './watch.types.js';
import { upperHex } from './watched.block.js';

/** How a node's chain stands to what was delivered. */
export type NodeStanding =
  /** It has another chain, under the same id: one that was started anew. */
  | 'replaced'
  /** It no longer has the height that is due. */
  | 'pruned'
  /** It has what is due. */
  | 'ahead'
  /** All that it has is delivered. */
  | 'even'
  /** More was delivered, by another node or before a restart, than it has. */
  | 'behind';

export function standingOf(node: comet38.SyncInfo, due: number, last: Delivered | undefined): NodeStanding {
  if (last !== undefined && isReplaced(node, last)) return 'replaced';
  if (due < (node.earliestBlockHeight ?? 1)) return 'pruned';
  if (node.latestBlockHeight >= due) return 'ahead';
  return node.latestBlockHeight === due - 1 ? 'even' : 'behind';
}

/** Another block at the same height, or a lower one that is younger: the times of one chain only grow. */
function isReplaced(
  { latestBlockHeight, latestBlockHash, latestBlockTime }: comet38.SyncInfo,
  last: Delivered,
): boolean {
  if (latestBlockHeight > last.height) return false;
  if (latestBlockHeight === last.height) return upperHex(latestBlockHash) !== last.hash;
  return latestBlockTime.getTime() > last.time.getTime();
}
