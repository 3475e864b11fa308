import { nanosOfTime } from './block.encoding.js';
import type { StoredBlock } from './stored.block.js';
import type { ChainNode } from './chain.node.js';
import { minerScore, minersPage, statistics } from './miner.views.js';
import { blockWithBase64, nodeInfo, stakingPool, stakingValidators } from './sdk.views.js';

/** An answer of the REST API; errors have the shape of gRPC's gateway. */
export interface RestAnswer {
  readonly status: number;
  readonly body: object;
}

type Route = {
  readonly pattern: RegExp;
  readonly answer: (argument: string, query: URLSearchParams) => RestAnswer;
};

const ok = (body: object): RestAnswer => ({ status: 200, body });
const notFound = (message: string): RestAnswer => ({ status: 404, body: { code: 5, message, details: [] } });
const badRequest = (message: string): RestAnswer => ({ status: 400, body: { code: 3, message, details: [] } });
const blocksDefault = 10;
const blocksLimit = 100;

/** The R3MES and Cosmos SDK queries that the network module reads; 64-bit numbers are JSON strings. */
export function restRoutes(node: ChainNode): (path: string, query: URLSearchParams) => RestAnswer {
  const remes = '/remes/remes/v1';
  const routes: readonly Route[] = [
    route(`${remes}/params`, () => ok({ params: remesParams })),
    route(`${remes}/miner_score/([^/]+)`, (miner) => {
      const score = minerScore(node, miner);
      return score === undefined ? notFound(`miner ${miner} not found`) : ok(score);
    }),
    route(`${remes}/dashboard/miners`, (_, query) => ok(minersPage(node, query))),
    route(`${remes}/dashboard/statistics`, () => ok(statistics(node))),
    route(`${remes}/dashboard/blocks`, (_, query) => blocks(node, query)),
    route(`${remes}/dashboard/block/(\\d+)`, (height) => {
      const stored = Number(height) === 0 ? node.head : node.at(Number(height));
      return stored === undefined ? notFound(`block ${height} not found`) : ok({ block: blockInfo(stored) });
    }),
    route('/cosmos/base/tendermint/v1beta1/blocks/latest', () => ok(blockWithBase64(node.head))),
    route('/cosmos/base/tendermint/v1beta1/blocks/(\\d+)', (height) => {
      const stored = node.at(Number(height));
      return stored === undefined
        ? badRequest('requested block height is bigger then the chain length')
        : ok(blockWithBase64(stored));
    }),
    route('/cosmos/base/tendermint/v1beta1/node_info', () => ok(nodeInfo(node))),
    route('/cosmos/staking/v1beta1/validators', () => ok(stakingValidators(node))),
    route('/cosmos/staking/v1beta1/pool', () => ok(stakingPool(node))),
  ];
  return (path, query) => {
    for (const { pattern, answer } of routes) {
      const match = pattern.exec(path);
      if (match !== null) return answer(decodeURIComponent(match[1] ?? ''), query);
    }
    return { status: 501, body: { code: 12, message: 'Not Implemented', details: [] } };
  };
}

function route(path: string, answer: Route['answer']): Route {
  return { pattern: new RegExp(`^${path}$`), answer };
}

/** Newest first; `limit` at most 100, `offset` blocks skipped. */
function blocks(node: ChainNode, query: URLSearchParams): RestAnswer {
  const limit = Number(query.get('limit') ?? blocksDefault);
  const offset = Number(query.get('offset') ?? 0);
  if (!Number.isSafeInteger(limit) || !Number.isSafeInteger(offset) || limit < 0 || offset < 0) {
    return badRequest('limit and offset are whole numbers from 0');
  }
  const highest = node.height - offset;
  const count = Math.min(limit || blocksDefault, blocksLimit);
  const page: object[] = [];
  for (let height = highest; height > highest - count; height -= 1) {
    const stored = node.at(height);
    if (stored !== undefined) page.push(blockInfo(stored));
  }
  return ok({ blocks: page, total: String(node.height) });
}

function blockInfo({ block, block_id }: StoredBlock): object {
  return {
    height: block.header.height,
    hash: block_id.hash,
    timestamp: String(nanosOfTime(block.header.time) / 1_000_000_000n),
    tx_count: String(block.data.txs.length),
  };
}

const remesParams = {
  challenge_period_blocks: '100',
  scalability_params: {
    max_participants_per_shard: '1000',
    max_gradients_per_block: '100',
    max_aggregations_per_block: '10',
    max_pending_gradients: '10000',
    max_pending_aggregations: '1000',
    compression_ratio_threshold: '0.9',
    network_load_threshold: '0.8',
    resource_utilization_threshold: '0.8',
    enable_load_balancing: true,
    load_balancing_strategy: 'weighted',
    shard_reassignment_interval: '1000',
    enable_adaptive_compression: true,
    enable_adaptive_sharding: true,
    enable_resource_optimization: true,
  },
};
