import { z } from 'zod';
import type { BlockSummary, NetworkStats } from '../catalog/network.entries.js';

/** The network as R3MES's clients know it. */
export const networkStatsAnswer = z.object({
  active_miners: z.number(),
  total_users: z.number(),
  total_credits: z.string(),
  block_height: z.number().nullable(),
  total_gradients: z.string().nullable(),
  total_aggregations: z.string().nullable(),
  /** Only where something could not be read. */
  partial: z.array(z.string()).readonly().optional(),
});

export const blocksAnswer = z.object({
  blocks: z.array(z.object({ height: z.number(), miner: z.string(), timestamp: z.string(), hash: z.string() })),
  limit: z.number(),
  /** How many blocks the chain has. */
  total: z.number(),
});

export const heightAnswer = z.object({ height: z.number() });

export type NetworkStatsView = Readonly<z.output<typeof networkStatsAnswer>>;
export type BlocksView = Readonly<z.output<typeof blocksAnswer>>;

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
