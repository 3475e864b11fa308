import type { Comet38Client, RpcClient } from '@cosmjs/tendermint-rpc';

// cosmjs keeps these types in a package of its own; they follow from what it exports.
export type RpcRequest = Parameters<RpcClient['execute']>[0];
export type RpcSuccess = Awaited<ReturnType<RpcClient['execute']>>;

/** An event as the node sends it: the query that asked for it, and its data as JSON. */
export interface SubscriptionEvent {
  readonly query: string;
  readonly data: { readonly type: string; readonly value: Record<string, unknown> };
}

export type CometClient = Comet38Client;
