import type { TokenBalance, TokenBalances } from '../catalog/token-balances.entry.js';
import { formatMicroUsd, formatUnits, priceOf, valueMicroUsd } from './decimal.amount.js';
import type { Listed, Listing } from './wallet.listing.js';

/** What is cached of a listing: amounts as text, the most valuable first, equal ones by chain and address. */
export function tokenBalancesOf(address: string, listing: Listing, readAt: Date): TokenBalances {
  const valued = listing.tokens
    .filter(({ balance }) => balance > 0n)
    .map((token) => ({ token, micro: microUsdOf(token) }))
    .sort(
      (a, b) =>
        compare(b.micro, a.micro) || a.token.chainId - b.token.chainId || compare(a.token.address, b.token.address),
    );
  return {
    address,
    tokens: valued.map(({ token, micro }) => balanceOf(token, micro)),
    partial: listing.partial,
    truncated: listing.truncated,
    readAt: readAt.toISOString(),
  };
}

function microUsdOf(token: Listed): bigint {
  const price = priceOf(token.priceUsd);
  if (price === null || token.decimals === null) return 0n;
  return valueMicroUsd(token.balance, token.decimals, price);
}

function balanceOf(token: Listed, micro: bigint): TokenBalance {
  return {
    address: token.address,
    chainId: token.chainId,
    symbol: token.symbol,
    name: token.name,
    balance: token.balance.toString(),
    decimals: token.decimals,
    balanceFormatted: token.decimals === null ? null : formatUnits(token.balance, token.decimals),
    priceUsd: priceOf(token.priceUsd),
    value: formatMicroUsd(micro),
    logo: null,
    spam: token.spam,
  };
}

function compare<T extends bigint | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
