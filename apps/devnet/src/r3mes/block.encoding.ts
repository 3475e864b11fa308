import { proto } from './proto.writer.js';
import type { Block, BlockId, Commit, CommitSignature, Header, TxResult } from './cometbft.types.js';

// The protobuf forms of CometBFT's block types (proto/tendermint/types/types.proto of 0.38). Each test against a
// recorded block compares the hash of these bytes with the one that a real node computed.

export function hex(value: string): Buffer {
  return Buffer.from(value, 'hex');
}

export function encodeVersion(version: Header['version']): Buffer {
  return proto()
    .varint(1, BigInt(version.block))
    .varint(2, BigInt(version.app ?? 0))
    .finish();
}

/** google.protobuf.Timestamp of an RFC 3339 time in UTC with up to nine decimals. */
export function encodeTime(time: string): Buffer {
  const nanos = nanosOfTime(time);
  return proto()
    .varint(1, nanos / 1_000_000_000n)
    .varint(2, nanos % 1_000_000_000n)
    .finish();
}

/** Nanoseconds since 1970. */
export function nanosOfTime(time: string): bigint {
  const [, seconds, decimals = ''] = /^(.*?)(?:\.(\d{1,9}))?Z$/.exec(time) ?? [];
  const milliseconds = Date.parse(`${seconds}Z`);
  if (Number.isNaN(milliseconds)) throw new RangeError(`Not a time in UTC: ${time}`);
  return BigInt(milliseconds) * 1_000_000n + BigInt(decimals.padEnd(9, '0'));
}

/** The inverse of `nanosOfTime`, without trailing zeros, as Go prints it. */
export function timeOfNanos(nanos: bigint): string {
  const seconds = new Date(Number(nanos / 1_000_000n)).toISOString().slice(0, 19);
  const decimals = (nanos % 1_000_000_000n).toString().padStart(9, '0').replace(/0+$/, '');
  return decimals === '' ? `${seconds}Z` : `${seconds}.${decimals}Z`;
}

export function encodeBlockId(id: BlockId): Buffer {
  const parts = proto().varint(1, id.parts.total).bytes(2, hex(id.parts.hash)).finish();
  return proto().bytes(1, hex(id.hash)).always(2, parts).finish();
}

export function encodeHeader(header: Header): Buffer {
  return proto()
    .always(1, encodeVersion(header.version))
    .bytes(2, header.chain_id)
    .varint(3, BigInt(header.height))
    .always(4, encodeTime(header.time))
    .always(5, encodeBlockId(header.last_block_id))
    .bytes(6, hex(header.last_commit_hash))
    .bytes(7, hex(header.data_hash))
    .bytes(8, hex(header.validators_hash))
    .bytes(9, hex(header.next_validators_hash))
    .bytes(10, hex(header.consensus_hash))
    .bytes(11, hex(header.app_hash))
    .bytes(12, hex(header.last_results_hash))
    .bytes(13, hex(header.evidence_hash))
    .bytes(14, hex(header.proposer_address))
    .finish();
}

export function encodeCommitSignature(signature: CommitSignature): Buffer {
  return proto()
    .varint(1, signature.block_id_flag)
    .bytes(2, hex(signature.validator_address))
    .always(3, encodeTime(signature.timestamp))
    .bytes(4, Buffer.from(signature.signature, 'base64'))
    .finish();
}

export function encodeCommit(commit: Commit): Buffer {
  const writer = proto()
    .varint(1, BigInt(commit.height))
    .varint(2, commit.round)
    .always(3, encodeBlockId(commit.block_id));
  for (const signature of commit.signatures) writer.always(4, encodeCommitSignature(signature));
  return writer.finish();
}

/** A whole block without evidence: what is split into parts and what `block_size` measures. */
export function encodeBlock(block: Block): Buffer {
  const data = proto();
  for (const tx of block.data.txs) data.always(1, Buffer.from(tx, 'base64'));
  return proto()
    .always(1, encodeHeader(block.header))
    .always(2, data.finish())
    .always(3, Buffer.alloc(0))
    .always(4, encodeCommit(block.last_commit))
    .finish();
}

/** The fields of a result on which all nodes agree; log, info, events and codespace are not among them. */
export function encodeDeterministicResult(result: TxResult): Buffer {
  return proto()
    .varint(1, result.code)
    .bytes(2, Buffer.from(result.data ?? '', 'base64'))
    .varint(5, BigInt(result.gas_wanted))
    .varint(6, BigInt(result.gas_used))
    .finish();
}
