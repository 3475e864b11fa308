import type { BlockSummary, NetworkStats } from '../catalog/network.entries.js';

/** The network as R3MES's clients know it. */
export interface NetworkStatsView {
  readonly active_miners: number;
  readonly total_users: number;
  readonly total_credits: string;
  readonly block_height: number | null;
  readonly total_gradients: string | null;
  readonly total_aggregations: string | null;
  /** Only where something could not be read. */
  readonly partial?: readonly string[];
}

export interface BlocksView {
  readonly blocks: readonly Omit<BlockSummary, 'transactions'>[];
  readonly limit: number;
  /** How many blocks the chain has. */
  readonly total: number;
}

export function networkStatsView(stats: NetworkStats): NetworkStatsView {
  return {
    active_miners: stats.activeMiners,
    total_users: stats.totalUsers,
    total_credits: stats.totalCredits,
    block_height: stats.blockHeight,
    total_gradients: stats.totalGradients,
    total_aggregations: stats.totalAggregations,
    ...(stats.partial.length === 0 ? {} : { partial: stats.partial }),
  };
}

export function blocksView(blocks: readonly BlockSummary[], limit: number): BlocksView {
  return {
    blocks: blocks.slice(0, limit).map(({ height, miner, timestamp, hash }) => ({ height, miner, timestamp, hash })),
    limit,
    total: blocks[0]?.height ?? 0,
  };
}
