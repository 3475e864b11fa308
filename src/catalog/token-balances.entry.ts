import { defineEntry } from '@chaincache/cache';
import { walletTag } from './tags.js';

/** One ERC-20 that a wallet holds. Amounts are decimal strings: a JSON number would lose digits. */
export interface TokenBalance {
  /** The contract, in lower case. */
  readonly address: string;
  readonly chainId: number;
  readonly symbol: string;
  readonly name: string;
  /** In the token's smallest unit. */
  readonly balance: string;
  /** Null when the contract does not tell; then the next two cannot be known either. */
  readonly decimals: number | null;
  /** In whole tokens. */
  readonly balanceFormatted: string | null;
  /** For one whole token; null: nobody knows. */
  readonly priceUsd: string | null;
  /** In USD with 6 decimals, rounded down; 0 when there is no price. */
  readonly value: string;
  readonly logo: string | null;
  /** The source takes it for spam. */
  readonly spam: boolean;
}

/** All that a wallet holds on all configured chains, the most valuable first. */
export interface TokenBalances {
  readonly address: string;
  readonly tokens: readonly TokenBalance[];
  /** Chains that could not be read. */
  readonly partial: readonly number[];
  /** The wallet holds more tokens than are ever listed; the rest is not here. */
  readonly truncated: boolean;
  /** When the source was read: ISO 8601. */
  readonly readAt: string;
}

export const tokenBalances = defineEntry<TokenBalances>()('token balances', 'tokens:{address}', {
  fresh: '300s',
  grace: '1h',
  staleness: '5s',
  tags: [walletTag('{address}')],
  heightAware: true,
});
