import type { QuotedCall } from '../api/api.types.js';

/** What a wallet was given to do. Plain JSON, so that it can be asked about at the next visit. */
export type Submission =
  /** One batch (EIP-5792). */
  | { readonly kind: 'calls'; readonly id: string }
  /** One transaction after another, by a wallet that knows no batches. */
  | { readonly kind: 'transactions'; readonly hashes: readonly string[] };

export interface CallLog {
  readonly address: string;
  readonly topics: readonly string[];
  readonly data: string;
}

export interface CallReceipt {
  readonly transactionHash: string;
  readonly blockNumber: number;
  readonly succeeded: boolean;
  readonly logs: readonly CallLog[];
}

/** `unknown`: the wallet has never heard of it. */
export interface CallsStatus {
  readonly state: 'pending' | 'confirmed' | 'partial' | 'reverted' | 'unknown';
  readonly receipts: readonly CallReceipt[];
}

/** What a wallet is asked to do. */
export interface CallsRequest {
  /** Chosen here, so that it can be asked about even if nobody hears the wallet's answer. */
  readonly id: string;
  readonly chainId: number;
  /** The calls of one token stand together: where there are no batches, one token's failure is not another's. */
  readonly groups: readonly (readonly QuotedCall[])[];
  /** Told each time that more of it is submitted. */
  readonly onSubmitted: (submission: Submission) => void;
}

/** A wallet's account that can sell. `@chaincache/react/viem` makes one of a viem wallet client. */
export interface SellingAccount {
  readonly address: string;
  /** Resolves when the wallet has taken it. Rejects with the wallet's own error. */
  sendCalls(request: CallsRequest): Promise<Submission>;
  callsStatus(submission: Submission): Promise<CallsStatus>;
}
