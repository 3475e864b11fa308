import type { RpcParams } from './rpc.params.js';

/** One method of the RPC. It throws an `RpcError`, or returns (or resolves to) the `result`. */
export interface RpcMethod {
  /** Names of the arguments in the order in which a JSON array gives them. */
  readonly params: readonly string[];
  run(params: RpcParams): unknown;
}

export type RpcMethods = Readonly<Record<string, RpcMethod>>;
