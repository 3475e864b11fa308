import { z } from 'zod';
import type { TokenBalance, TokenBalances } from '../catalog/token-balances.entry.js';
import { formatMicroUsd, parseMicroUsd } from './decimal.amount.js';
import type { TokensQuery } from './tokens.query.js';

/** The answer of GET /api/tokens/:address. */
export const tokensAnswer = z.object({
  success: z.literal(true),
  address: z.string(),
  chainId: z.number().nullable().describe('The chain that was asked for, or the only one there is; null: several'),
  tokens: z
    .array(
      z.object({
        address: z.string(),
        chainId: z.number(),
        symbol: z.string(),
        name: z.string(),
        balance: z.string(),
        decimals: z.number().nullable(),
        balanceFormatted: z.string().nullable(),
        priceUsd: z.string().nullable(),
        value: z.string(),
        logo: z.string().nullable(),
        spam: z.boolean(),
      }) satisfies z.ZodType<TokenBalance>,
    )
    .readonly(),
  totalUsdValue: z.string().describe('Of all pages, in USD with 6 decimals'),
  timestamp: z.string().describe('When the chain was read, not when it was asked'),
  hasMore: z.boolean(),
  nextPage: z.number().optional(),
  partial: z.array(z.number()).readonly().optional().describe('Chains that could not be read, where there are any'),
  truncated: z.literal(true).optional().describe('The wallet holds more than is ever listed'),
});

export type TokensPage = Readonly<z.output<typeof tokensAnswer>>;

/** Cuts the answer to a query out of the one cached value. */
export function tokensPage(balances: TokenBalances, query: TokensQuery, chainIds: readonly number[]): TokensPage {
  const asked = query.chainId === undefined ? chainIds : [query.chainId];
  const matching = balances.tokens.filter((token) => matches(token, query));
  const first = query.page * query.limit;
  const hasMore = first + query.limit < matching.length;
  const partial = balances.partial.filter((chainId) => asked.includes(chainId));
  return {
    success: true,
    address: balances.address,
    chainId: asked.length === 1 ? asked[0]! : null,
    tokens: matching.slice(first, first + query.limit),
    totalUsdValue: formatMicroUsd(matching.reduce((total, { value }) => total + parseMicroUsd(value), 0n)),
    timestamp: balances.readAt,
    hasMore,
    ...(hasMore ? { nextPage: query.page + 1 } : {}),
    ...(partial.length > 0 ? { partial } : {}),
    ...(balances.truncated ? { truncated: true } : {}),
  };
}

/** A token without a price is worth an unknown amount: it is shown only where no amount is demanded. */
function matches(token: TokenBalance, query: TokensQuery): boolean {
  if (query.chainId !== undefined && token.chainId !== query.chainId) return false;
  if (token.spam && !query.includeSpam) return false;
  return query.minBalanceUSD === 0n || parseMicroUsd(token.value) >= query.minBalanceUSD;
}
