import { blockMethods } from './block.methods.js';
import { broadcastMethods } from './broadcast.methods.js';
import type { ChainNode } from './chain.node.js';
import { nodeMethods } from './node.methods.js';
import type { RpcMethods } from './rpc.method.js';
import { txMethods } from './tx.methods.js';

/** The methods of CometBFT 0.38's RPC that need no socket of their own. */
export function rpcMethods(node: ChainNode, rpcAddress: () => string): RpcMethods {
  return { ...nodeMethods(node, rpcAddress), ...blockMethods(node), ...txMethods(node), ...broadcastMethods(node) };
}
