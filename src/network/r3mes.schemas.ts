import { z } from 'zod';

/** 64-bit numbers are strings in the JSON of CometBFT and of the Cosmos SDK. */
const height = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number);
const count = z.string().regex(/^\d{1,20}$/);
const hex = z.string().regex(/^[0-9A-Fa-f]*$/);

/** `status`, as far as it is used. */
export const nodeStatus = z
  .object({
    sync_info: z.object({
      latest_block_height: height,
      earliest_block_height: height.optional(),
      catching_up: z.boolean(),
    }),
  })
  .transform(({ sync_info: sync }) => ({
    height: sync.latest_block_height,
    earliestHeight: sync.earliest_block_height ?? 1,
    /** The node knows that the chain is further than it is. */
    catchingUp: sync.catching_up,
  }));

/** `blockchain`, as far as it is used. A header carries no hash of its own: the block's id does. */
export const blockPage = z
  .object({
    block_metas: z.array(
      z.object({
        block_id: z.object({ hash: hex }),
        header: z.object({ height, time: z.string().max(64), proposer_address: hex }),
        num_txs: height,
      }),
    ),
  })
  .transform(({ block_metas }) =>
    block_metas.map(({ block_id, header, num_txs }) => ({
      height: header.height,
      hash: block_id.hash,
      miner: header.proposer_address,
      timestamp: header.time,
      transactions: num_txs,
    })),
  );

/** `dashboard/statistics` of the R3MES application, whose fields stand at the top. */
export const chainStatistics = z
  .object({ total_gradients: count, total_aggregations: count })
  .transform(({ total_gradients, total_aggregations }) => ({
    totalGradients: total_gradients,
    totalAggregations: total_aggregations,
  }));

export type NodeStatus = z.output<typeof nodeStatus>;
export type ChainStatistics = z.output<typeof chainStatistics>;
