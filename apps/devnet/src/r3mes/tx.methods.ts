import { dataHash, txProof } from './block.hashing.js';
import type { ChainNode } from './chain.node.js';
import { eventMapOfTx } from './node.events.js';
import { parseQuery, type EventQuery } from './event.query.js';
import { internalError } from './rpc.errors.js';
import type { RpcMethods } from './rpc.method.js';
import { isTrue, pageOf, requiredBytes, requiredString, type RpcParams } from './rpc.params.js';

/** What the node says about single transactions: its index, and what waits. */
export function txMethods(node: ChainNode): RpcMethods {
  return {
    tx: {
      params: ['hash', 'prove'],
      run: (params) => {
        const hash = requiredBytes(params, 'hash').toString('hex').toUpperCase();
        const found = node.ledger.findTx(hash);
        if (found === undefined || found.height > node.height) throw internalError(`tx (${hash}) not found`);
        return txJson(node, hash, found, isTrue(params, 'prove'));
      },
    },
    tx_search: { params: ['query', 'prove', 'page', 'per_page', 'order_by'], run: (params) => search(node, params) },
    num_unconfirmed_txs: {
      params: [],
      run: () => {
        const waiting = [...node.ledger.mempool.values()];
        const bytes = waiting.reduce((sum, tx) => sum + Buffer.byteLength(tx, 'base64'), 0);
        const count = String(waiting.length);
        return { n_txs: count, total: count, total_bytes: String(bytes), txs: null };
      },
    },
  };
}

/** A query, or the error that a node gives for what is none. */
export function queryOf(text: string): EventQuery {
  try {
    return parseQuery(text);
  } catch (error) {
    throw internalError((error as Error).message);
  }
}

function search(node: ChainNode, params: RpcParams): object {
  const matches = queryOf(requiredString(params, 'query'));
  const order = params['order_by'] ?? '';
  if (order !== '' && order !== 'asc' && order !== 'desc') {
    throw internalError('expected order_by to be either `asc` or `desc` or empty');
  }
  const found: [string, { height: number; index: number }][] = [];
  for (const [hash, place] of node.ledger.txs()) {
    const stored = node.at(place.height);
    if (stored === undefined) continue;
    const tx = stored.block.data.txs[place.index]!;
    const events = eventMapOfTx(tx, stored.block.header.height, stored.results[place.index]!);
    if (matches(events)) found.push([hash, place]);
  }
  if (order === 'desc') found.reverse();
  const { start, end } = pageOf(params, found.length);
  const prove = isTrue(params, 'prove');
  const txs = found.slice(start, end).map(([hash, place]) => txJson(node, hash, place, prove));
  return { txs, total_count: String(found.length) };
}

function txJson(
  node: ChainNode,
  hash: string,
  { height, index }: { height: number; index: number },
  prove: boolean,
): object {
  const { block, results } = node.at(height)!;
  const tx = block.data.txs[index]!;
  const answer = { hash, height: String(height), index, tx_result: results[index]!, tx };
  if (!prove) return answer;
  const { leafHash, aunts } = txProof(block.data.txs, index);
  const proof = {
    total: String(block.data.txs.length),
    index: String(index),
    leaf_hash: leafHash.toString('base64'),
    aunts: aunts.map((aunt) => aunt.toString('base64')),
  };
  return { ...answer, proof: { root_hash: dataHash(block.data.txs), data: tx, proof } };
}
