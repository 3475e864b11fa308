/** One token that a wallet holds. Amounts are decimal strings: they do not fit a number. */
export interface TokenBalance {
  /** The contract, lower case. */
  readonly address: string;
  readonly chainId: number;
  readonly symbol: string;
  readonly name: string;
  /** In the token's smallest unit. */
  readonly balance: string;
  /** Null where the contract does not tell. */
  readonly decimals: number | null;
  readonly balanceFormatted: string | null;
  /** USD for one whole token; null: nobody knows. */
  readonly priceUsd: string | null;
  /** USD, with 6 decimals. */
  readonly value: string;
  readonly logo: string | null;
  readonly spam: boolean;
}

/** `GET /api/tokens/{address}` */
export interface TokensPage {
  readonly success: true;
  readonly address: string;
  readonly chainId: number | null;
  readonly tokens: readonly TokenBalance[];
  /** Of all pages, in USD with 6 decimals. */
  readonly totalUsdValue: string;
  /** When the chain was read. */
  readonly timestamp: string;
  readonly hasMore: boolean;
  readonly nextPage?: number | undefined;
  /** Chains that could not be read. */
  readonly partial?: readonly number[] | undefined;
  readonly truncated?: true | undefined;
}

/** What of a wallet's tokens is wanted. */
export interface TokensQuery {
  /** Default: all chains. */
  readonly chainId?: number;
  /** Tokens of a page, 1 to 100. Default 100. */
  readonly limit?: number;
  /** Leaves out what is worth less; 0 (the default) shows unpriced tokens as well. */
  readonly minBalanceUSD?: number;
  /** Default false. */
  readonly includeSpam?: boolean;
}

/** `GET /api/cache?wallet=` */
export interface CacheStatus {
  readonly wallet: string;
  readonly cacheKey: string;
  readonly exists: boolean;
  /** Seconds for which the entry is still fresh. */
  readonly ttl: number | null;
  readonly ttlReadable: string | null;
}

/** `POST /api/cache` */
export interface InvalidationAnswer {
  readonly success: true;
  readonly deletedCount: number;
  /** `queued`: it is applied as soon as the store is back. `coalesced`: it is part of one that follows in seconds. */
  readonly status: 'applied' | 'queued' | 'coalesced';
}

/** Something that tokens can be sold for. */
export interface DestinationToken {
  readonly chainId: number;
  readonly address: string;
  readonly symbol: string;
  readonly name: string;
  readonly decimals: number;
}

/** `GET /api/quotes/destinations` */
export interface DestinationsAnswer {
  readonly success: true;
  /** The default first. */
  readonly destinations: readonly DestinationToken[];
}

/** `POST /api/quotes` takes this. */
export interface QuotesRequest {
  readonly chainId: number;
  readonly sender: string;
  readonly destinationToken: string;
  /** Amounts in the token's smallest unit. */
  readonly tokens: readonly { readonly address: string; readonly amount: string }[];
}

/** One call that the wallet makes. `value` is wei, as a decimal string. */
export interface QuotedCall {
  readonly to: string;
  readonly data: string;
  readonly value: string;
}

/** What one token can be sold for, and the calls that do it. */
export interface TokenQuote {
  readonly token: string;
  readonly amount: string;
  readonly destinationAmount: string;
  readonly expiresAt: string;
  readonly calls: readonly QuotedCall[];
}

export type QuoteFailureCode =
  | 'no-route'
  | 'amount-too-low'
  | 'amount-too-high'
  | 'transfer-reverts'
  | 'slippage'
  | 'same-token'
  | 'other-chain'
  | 'unavailable';

/** Why one token cannot be sold now. */
export interface QuoteFailure {
  readonly token: string;
  readonly code: QuoteFailureCode;
  readonly message: string;
}

/** `POST /api/quotes` answers this. */
export interface QuotesAnswer {
  readonly success: true;
  readonly chainId: number;
  readonly destinationToken: string;
  readonly quotes: readonly TokenQuote[];
  readonly failed: readonly QuoteFailure[];
  readonly totalDestinationAmount: string;
  /** The earliest of all quotes; null: there is none. */
  readonly expiresAt: string | null;
  /** Whether the calls were tried on the node, so that a token that refuses to be sold is among `failed`. */
  readonly simulated: boolean;
}
