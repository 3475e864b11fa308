import { z } from 'zod';

/** Contracts choose their own names; nobody needs more of one than this. */
const MAX_NAME_LENGTH = 512;

const name = z
  .string()
  .nullish()
  .transform((text) => (text ?? '').slice(0, MAX_NAME_LENGTH));

/** One row of Insight's GET /v1/tokens, as far as it is used. The client lets any shape through: this does not. */
const row = z
  .object({
    chain_id: z.int().min(1),
    token_address: z.string().regex(/^0x[0-9a-fA-F]{40}$/),
    balance: z.string().regex(/^\d{1,78}$/),
    name,
    symbol: name,
    decimals: z.int().min(0).max(255).nullish(),
    price_data: z.object({ price_usd: z.number().nullish() }).nullish(),
  })
  .transform((token) => ({
    chainId: token.chain_id,
    address: token.token_address.toLowerCase(),
    balance: BigInt(token.balance),
    name: token.name,
    symbol: token.symbol,
    decimals: token.decimals ?? null,
    priceUsd: token.price_data?.price_usd ?? null,
  }));

export const insightTokens = z.object({ data: z.array(row) }).transform(({ data }) => data);

/** A token as Insight tells it, in our words. */
export type InsightToken = z.output<typeof row>;
