export { watchBlocks } from './cometbft.watcher.js';
export { ReconnectingRpcClient, type ConnectionState, type ReconnectingRpcOptions } from './reconnecting-rpc.client.js';
export { NodeUnreachableError, RpcResponseError, WrongChainError } from './rpc.errors.js';
export type { BlockWatch, Delivered, Loss, WatchOptions, WatchState } from './watch.types.js';
export type { WatchedBlock, WatchedTx } from './watched.block.js';
