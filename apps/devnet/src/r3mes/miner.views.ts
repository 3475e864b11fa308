import { nanosOfTime } from './block.encoding.js';
import type { ChainNode } from './chain.node.js';
import type { MinerCount } from './miner.tally.js';

/** A miner that has submitted nothing for so many blocks is inactive. */
const activeBlocks = 1_000;
const minersDefault = 100;
const gradientsPerAggregation = 8;
const averageGradientBytes = 1_572_864;

type Miner = readonly [address: string, count: Readonly<MinerCount>];

export function minerScore(node: ChainNode, address: string): object | undefined {
  const count = node.ledger.tally.find(address);
  if (count === undefined) return undefined;
  return {
    miner: address,
    trust_score: trustScore(count),
    reputation_tier: tier(count),
    total_submissions: String(count.submissions),
    successful_submissions: String(count.accepted),
    slashing_events: '0',
  };
}

/** A page by `pagination.limit` and `pagination.offset`, in the order of first sight. */
export function minersPage(node: ChainNode, query: URLSearchParams): object {
  const all = node.ledger.tally.entries();
  const offset = Number(query.get('pagination.offset') ?? 0) || 0;
  const limit = Number(query.get('pagination.limit') ?? minersDefault) || minersDefault;
  const page = all.slice(offset, offset + limit);
  const next = offset + limit < all.length ? Buffer.from(String(offset + limit)).toString('base64') : null;
  const total = String(all.length);
  return { miners: page.map((miner) => minerInfo(node, miner)), total, pagination: { next_key: next, total } };
}

export function statistics(node: ChainNode): object {
  const miners = node.ledger.tally.entries();
  const submissions = miners.reduce((sum, [, count]) => sum + count.submissions, 0);
  const accepted = miners.reduce((sum, [, count]) => sum + count.accepted, 0);
  return {
    total_miners: String(miners.length),
    active_miners: String(miners.filter((miner) => isActive(node, miner)).length),
    total_gradients: String(submissions),
    total_aggregations: String(Math.floor(accepted / gradientsPerAggregation)),
    pending_gradients: String(accepted % gradientsPerAggregation),
    pending_aggregations: '0',
    average_gradient_size: submissions === 0 ? '0' : String(averageGradientBytes),
    last_updated: String(nanosOfTime(node.head.block.header.time) / 1_000_000_000n),
  };
}

function minerInfo(node: ChainNode, miner: Miner): object {
  const [address, count] = miner;
  return {
    address,
    status: isActive(node, miner) ? 'active' : 'inactive',
    total_submissions: String(count.submissions),
    successful_submissions: String(count.accepted),
    trust_score: trustScore(count),
    reputation_tier: tier(count),
    slashing_events: '0',
    last_submission_height: String(count.lastHeight),
    total_gradients: String(count.submissions),
  };
}

function isActive(node: ChainNode, [, count]: Miner): boolean {
  const lately = count.lastHeight > 0 && node.height - count.lastHeight < activeBlocks;
  return lately || count.blocksMined > 0;
}

/** Accepted out of submitted, beginning at a half: as a Laplace estimate, so that one success is not perfection. */
function trust(count: Readonly<MinerCount>): number {
  return (count.accepted + 1) / (count.submissions + 2);
}

/** A decimal of the SDK has 18 places. */
function trustScore(count: Readonly<MinerCount>): string {
  return trust(count).toFixed(18);
}

function tier(count: Readonly<MinerCount>): 'excellent' | 'trusted' | 'developing' | 'new' {
  if (count.submissions < 10) return 'new';
  if (trust(count) >= 0.9) return 'excellent';
  return trust(count) >= 0.7 ? 'trusted' : 'developing';
}
