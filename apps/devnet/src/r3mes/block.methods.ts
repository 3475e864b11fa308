import { blockSizeBytes } from './block.hashing.js';
import { heightOf, type StoredBlock } from './stored.block.js';
import type { ChainNode } from './chain.node.js';
import { consensusParams, validatorJson } from './node.methods.js';
import { internalError } from './rpc.errors.js';
import type { RpcMethods } from './rpc.method.js';
import { optionalInt, pageOf, requiredBytes, type RpcParams } from './rpc.params.js';

/** Most blocks in one answer. Source: rpc/core/blocks.go of CometBFT. */
const blockchainLimit = 20;

/** What the node says about its blocks and who made them. */
export function blockMethods(node: ChainNode): RpcMethods {
  const { validators } = node.ledger.options;
  const blockAt = (params: RpcParams): StoredBlock => blockOf(node, optionalInt(params, 'height'));
  return {
    block: { params: ['height'], run: (params) => blockJson(blockAt(params)) },
    block_by_hash: {
      params: ['hash'],
      run: (params) => {
        const stored = findByHash(node, requiredBytes(params, 'hash').toString('hex').toUpperCase());
        return stored === undefined ? { block_id: noBlockId, block: null } : blockJson(stored);
      },
    },
    header: { params: ['height'], run: (params) => ({ header: blockAt(params).block.header }) },
    blockchain: { params: ['minHeight', 'maxHeight'], run: (params) => blockchain(node, params) },
    block_results: {
      params: ['height'],
      run: (params) => {
        const { block, results, finalizeEvents, appHash } = blockAt(params);
        return {
          height: block.header.height,
          txs_results: results.length === 0 ? null : results,
          finalize_block_events: finalizeEvents,
          validator_updates: null,
          consensus_param_updates: null,
          app_hash: Buffer.from(appHash, 'hex').toString('base64'),
        };
      },
    },
    commit: {
      params: ['height'],
      run: (params) => {
        const stored = blockAt(params);
        // The head's own commit was only seen; the next block will carry it.
        const canonical = heightOf(stored) < node.height;
        return { signed_header: { header: stored.block.header, commit: stored.commit }, canonical };
      },
    },
    consensus_params: {
      params: ['height'],
      run: (params) => ({ block_height: blockAt(params).block.header.height, consensus_params: consensusParams }),
    },
    validators: {
      params: ['height', 'page', 'per_page'],
      run: (params) => {
        const { height } = blockAt(params).block.header;
        const { priorities } = validators.turn(BigInt(height));
        const { start, end } = pageOf(params, validators.validators.length);
        const page = validators.validators
          .map((validator, index) => ({ ...validatorJson(validator), proposer_priority: String(priorities[index]) }))
          .slice(start, end);
        const total = String(validators.validators.length);
        return { block_height: height, validators: page, count: String(page.length), total };
      },
    },
  };
}

const noBlockId = { hash: '', parts: { total: 0, hash: '' } };

/** The block at a height, the last one where none is named; otherwise the error that a real node gives. */
export function blockOf(node: ChainNode, height: number | undefined): StoredBlock {
  if (height === undefined) return node.head;
  if (height <= 0) throw internalError(`height must be greater than 0, but got ${height}`);
  if (height > node.height) {
    throw internalError(`height ${height} must be less than or equal to the current blockchain height ${node.height}`);
  }
  const stored = node.at(height);
  if (stored === undefined) {
    throw internalError(`height ${height} is not available, lowest height is ${node.ledger.base}`);
  }
  return stored;
}

function findByHash(node: ChainNode, hash: string): StoredBlock | undefined {
  for (let height = node.height; height >= node.ledger.base; height -= 1) {
    const stored = node.at(height);
    if (stored?.block_id.hash === hash) return stored;
  }
  return undefined;
}

function blockJson({ block_id, block }: StoredBlock): object {
  return { block_id, block };
}

function blockchain(node: ChainNode, params: RpcParams): object {
  const highest = Math.min(node.height, optionalInt(params, 'maxHeight') || node.height);
  const asked = Math.max(node.ledger.base, optionalInt(params, 'minHeight') || 1);
  const lowest = Math.max(asked, highest - blockchainLimit + 1);
  if (lowest > highest) throw internalError(`min height ${lowest} can't be greater than max height ${highest}`);
  const block_metas: object[] = [];
  for (let height = highest; height >= lowest; height -= 1) {
    const { block, block_id } = node.at(height)!;
    const block_size = String(blockSizeBytes(block));
    block_metas.push({ block_id, block_size, header: block.header, num_txs: String(block.data.txs.length) });
  }
  return { last_height: String(node.height), block_metas };
}
