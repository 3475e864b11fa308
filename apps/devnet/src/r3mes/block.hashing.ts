import { lengthDelimited, proto } from './proto.writer.js';
import { merkleProof, merkleRoot, sha256, type MerkleProof } from './merkle.tree.js';
import {
  encodeBlock,
  encodeBlockId,
  encodeCommitSignature,
  encodeDeterministicResult,
  encodeTime,
  encodeVersion,
  hex,
} from './block.encoding.js';
import type { Block, BlockId, Commit, Header, TxResult } from './cometbft.types.js';

/** Bytes of one part of a block, the unit in which blocks are gossiped. Source: BlockPartSizeBytes of CometBFT. */
const partSizeBytes = 65_536;
const precommitType = 2;

/** The hash of nothing: no transactions, no evidence, no results. */
export const emptyHash = upperHex(sha256());

/** The block's hash: the Merkle root over the header's fields, each in its protobuf wrapper. */
export function headerHash(header: Header): string {
  const wrapped = (value: Uint8Array | string): Buffer => proto().bytes(1, value).finish();
  return upperHex(
    merkleRoot([
      encodeVersion(header.version),
      wrapped(header.chain_id),
      proto().varint(1, BigInt(header.height)).finish(),
      encodeTime(header.time),
      encodeBlockId(header.last_block_id),
      wrapped(hex(header.last_commit_hash)),
      wrapped(hex(header.data_hash)),
      wrapped(hex(header.validators_hash)),
      wrapped(hex(header.next_validators_hash)),
      wrapped(hex(header.consensus_hash)),
      wrapped(hex(header.app_hash)),
      wrapped(hex(header.last_results_hash)),
      wrapped(hex(header.evidence_hash)),
      wrapped(hex(header.proposer_address)),
    ]),
  );
}

export function blockIdOf(block: Block): BlockId {
  const bytes = encodeBlock(block);
  const parts: Buffer[] = [];
  for (let start = 0; start < bytes.length; start += partSizeBytes) {
    parts.push(bytes.subarray(start, start + partSizeBytes));
  }
  return { hash: headerHash(block.header), parts: { hash: upperHex(merkleRoot(parts)), total: parts.length } };
}

export function blockSizeBytes(block: Block): number {
  return encodeBlock(block).length;
}

/** A transaction's hash: SHA-256 of its bytes (given as base64). */
export function txHash(tx: string): string {
  return upperHex(sha256(Buffer.from(tx, 'base64')));
}

export function dataHash(txs: readonly string[]): string {
  return upperHex(merkleRoot(txs.map((tx) => hex(txHash(tx)))));
}

/** Shows that transaction `index` is under the block's data hash. */
export function txProof(txs: readonly string[], index: number): MerkleProof {
  return merkleProof(
    txs.map((tx) => hex(txHash(tx))),
    index,
  );
}

export function commitHash(commit: Commit): string {
  return upperHex(merkleRoot(commit.signatures.map(encodeCommitSignature)));
}

export function resultsHash(results: readonly TxResult[]): string {
  return upperHex(merkleRoot(results.map(encodeDeterministicResult)));
}

/** The hash of a validator set in its canonical order; keys are raw ed25519 public keys. */
export function validatorsHash(validators: readonly { publicKey: Uint8Array; votingPower: bigint }[]): string {
  const leaves = validators.map(({ publicKey, votingPower }) =>
    proto().always(1, proto().bytes(1, publicKey).finish()).varint(2, votingPower).finish(),
  );
  return upperHex(merkleRoot(leaves));
}

/** Of the consensus parameters only the block's limits are hashed. */
export function consensusHash(limits: { maxBytes: bigint; maxGas: bigint }): string {
  return upperHex(sha256(proto().varint(1, limits.maxBytes).varint(2, limits.maxGas).finish()));
}

/** What a validator signs when it precommits a block: the canonical vote behind its length. */
export function precommitSignBytes(vote: {
  chainId: string;
  height: string;
  round: number;
  blockId: BlockId;
  timestamp: string;
}): Buffer {
  const message = proto()
    .varint(1, precommitType)
    .fixed64(2, BigInt(vote.height))
    .fixed64(3, vote.round)
    .always(4, encodeBlockId(vote.blockId))
    .always(5, encodeTime(vote.timestamp))
    .bytes(6, vote.chainId)
    .finish();
  return lengthDelimited(message);
}

export function upperHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').toUpperCase();
}
