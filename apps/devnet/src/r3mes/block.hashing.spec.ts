import { createPublicKey, verify } from 'node:crypto';
import { nanosOfTime, timeOfNanos } from './block.encoding.js';
import {
  blockIdOf,
  blockSizeBytes,
  commitHash,
  consensusHash,
  dataHash,
  headerHash,
  precommitSignBytes,
  txHash,
  txProof,
  validatorsHash,
} from './block.hashing.js';
import { recordedResult as recorded } from './recorded.answers.js';
import type { Block, BlockId, Commit, Header } from './cometbft.types.js';

type BlockAnswer = { block: Block; block_id: BlockId };
const first = recorded<BlockAnswer>('block_at_height_1');
const tenth = recorded<BlockAnswer>('block_at_height_10');
const newBlock = recorded<{ data: { value: BlockAnswer } }>('subscribe_newblock_0').data.value;
const genesis = recorded<{ genesis: { validators: { power: string; pub_key: { value: string } }[] } }>(
  'genesis',
).genesis;
const recordedKey = Buffer.from(genesis.validators[0]!.pub_key.value, 'base64');

describe('hashes of recorded blocks', () => {
  it.each([
    ['the first block', first],
    ['a block in the middle', tenth],
    ['a block from the WebSocket', newBlock],
  ])('%s: header hash and part set hash are what the node computed', (_, answer) => {
    expect(blockIdOf(answer.block)).toEqual(answer.block_id);
  });

  it('every header of a recorded blockchain answer hashes to its block_id', () => {
    const { block_metas } = recorded<{ block_metas: { block_id: BlockId; header: Header }[] }>(
      'blockchain_from_1_to_10',
    );
    expect(block_metas).toHaveLength(10);
    for (const meta of block_metas) expect(headerHash(meta.header)).toBe(meta.block_id.hash);
  });

  it('a header of another chain with several validators and no app version hashes to its block_id', () => {
    const { blocks } = recorded<{ blocks: BlockAnswer[] }>('block_search_evidence');
    const { block, block_id } = blocks[0]!;
    expect(headerHash(block.header)).toBe(block_id.hash);
    expect(commitHash(block.last_commit)).toBe(block.header.last_commit_hash);
  });

  it('sizes are the node’s', () => {
    const { block_metas } = recorded<{ block_metas: { block_size: string; header: Header }[] }>(
      'blockchain_from_1_to_10',
    );
    const sizes = new Map(block_metas.map((meta) => [meta.header.height, meta.block_size]));
    expect(String(blockSizeBytes(first.block))).toBe(sizes.get('1'));
    expect(String(blockSizeBytes(tenth.block))).toBe(sizes.get('10'));
  });

  it('the hashes inside the header are reproduced from what they cover', () => {
    const { header, last_commit } = tenth.block;
    expect(commitHash(last_commit)).toBe(header.last_commit_hash);
    expect(dataHash([])).toBe(header.data_hash);
    expect(validatorsHash([{ publicKey: recordedKey, votingPower: 10n }])).toBe(header.validators_hash);
    expect(consensusHash({ maxBytes: 22_020_096n, maxGas: -1n })).toBe(header.consensus_hash);
  });

  it('one changed field changes the hash', () => {
    expect(headerHash({ ...tenth.block.header, height: '11' })).not.toBe(tenth.block_id.hash);
  });
});

describe('votes and transactions', () => {
  it('the recorded commit’s signature verifies over our canonical vote', () => {
    const { commit, header } = recorded<{ signed_header: { commit: Commit; header: Header } }>(
      'commit_at_height_10',
    ).signed_header;
    const [vote] = commit.signatures;
    const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), recordedKey]);
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    const bytes = (height: string): Buffer =>
      precommitSignBytes({
        chainId: header.chain_id,
        height,
        round: commit.round,
        blockId: commit.block_id,
        timestamp: vote!.timestamp,
      });
    const signature = Buffer.from(vote!.signature, 'base64');
    expect(verify(null, bytes(commit.height), key, signature)).toBe(true);
    expect(verify(null, bytes('11'), key, signature)).toBe(false);
  });

  it('transaction hashes and their proofs are the node’s', () => {
    type Found = {
      hash: string;
      tx: string;
      proof: { root_hash: string; proof: { leaf_hash: string; aunts: string[] } };
    };
    const { txs } = recorded<{ txs: Found[] }>('tx_search_with_prove');
    expect(txs.length).toBeGreaterThan(0);
    for (const { hash, tx, proof } of txs) {
      expect(txHash(tx)).toBe(hash);
      expect(dataHash([tx])).toBe(proof.root_hash);
      expect(txProof([tx], 0).leafHash.toString('base64')).toBe(proof.proof.leaf_hash);
    }
  });
});

it('times keep their nanoseconds and lose trailing zeros, as Go prints them', () => {
  for (const time of ['2023-05-17T14:12:53.605374524Z', '2024-09-13T15:58:27.05956617Z', '2024-09-13T15:58:27Z']) {
    expect(timeOfNanos(nanosOfTime(time))).toBe(time);
  }
  expect(() => nanosOfTime('yesterday')).toThrow(RangeError);
});
