/**
 * The shapes of CometBFT 0.38's RPC answers. Heights and other 64-bit numbers are strings, hashes upper-case hex,
 * signatures and transactions base64, times RFC 3339 in UTC with up to nine decimals.
 * Source: answers recorded from a real node (fixtures/cometbft).
 */
export interface BlockId {
  readonly hash: string;
  readonly parts: { readonly hash: string; readonly total: number };
}

export interface Header {
  readonly version: { readonly block: string; readonly app?: string };
  readonly chain_id: string;
  readonly height: string;
  readonly time: string;
  readonly last_block_id: BlockId;
  readonly last_commit_hash: string;
  readonly data_hash: string;
  readonly validators_hash: string;
  readonly next_validators_hash: string;
  readonly consensus_hash: string;
  readonly app_hash: string;
  readonly last_results_hash: string;
  readonly evidence_hash: string;
  readonly proposer_address: string;
}

export interface CommitSignature {
  /** 1 absent, 2 for the block, 3 for nil. */
  readonly block_id_flag: number;
  readonly validator_address: string;
  readonly timestamp: string;
  readonly signature: string;
}

export interface Commit {
  readonly height: string;
  readonly round: number;
  readonly block_id: BlockId;
  readonly signatures: readonly CommitSignature[];
}

export interface Block {
  readonly header: Header;
  readonly data: { readonly txs: readonly string[] };
  readonly evidence: { readonly evidence: readonly never[] };
  readonly last_commit: Commit;
}

export interface EventAttribute {
  readonly key: string;
  readonly value: string;
  readonly index: boolean;
}

export interface ChainEvent {
  readonly type: string;
  readonly attributes: readonly EventAttribute[];
}

export interface TxResult {
  readonly code: number;
  readonly data: string | null;
  readonly log: string;
  readonly info: string;
  readonly gas_wanted: string;
  readonly gas_used: string;
  readonly events: readonly ChainEvent[];
  readonly codespace: string;
}

export interface PublicKey {
  readonly type: 'tendermint/PubKeyEd25519';
  readonly value: string;
}

export const emptyBlockId: BlockId = { hash: '', parts: { hash: '', total: 0 } };

/** What stands in the place of a last commit under the first block. */
export const emptyCommit: Commit = { height: '0', round: 0, block_id: emptyBlockId, signatures: [] };
