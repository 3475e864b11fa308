import { Injectable } from '@nestjs/common';
import { AppConfig } from '../config/app.config.js';
import { BridgeClient } from './bridge.client.js';
import type { Destination } from './quotes.schemas.js';

/** What a sale may be paid out in, the default first. Where no address is known, the Bridge is asked for these symbols. */
const OFFERED = {
  USDC: { name: 'USD Coin', decimals: 6 },
  USDT: { name: 'Tether USD', decimals: 6 },
  WETH: { name: 'Wrapped Ether', decimals: 18 },
  WBTC: { name: 'Wrapped Bitcoin', decimals: 8 },
} as const;
type OfferedSymbol = keyof typeof OFFERED;
const SYMBOLS = Object.keys(OFFERED) as OfferedSymbol[];

/**
 * A symbol proves nothing: USDC is Circle's own (developers.circle.com/stablecoins/usdc-contract-addresses), the others
 * are those that thirdweb's SDK names for each chain, and the OP stack's own WETH.
 */
const KNOWN: Readonly<Record<number, Readonly<Partial<Record<OfferedSymbol, string>>>>> = {
  1: {
    USDC: '0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48',
    USDT: '0xdac17f958d2ee523a2206206994597c13d831ec7',
    WETH: '0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2',
    WBTC: '0x2260fac5e5542a773aa44fbcfedf7c193bc2c599',
  },
  10: {
    USDC: '0x0b2c639c533813f4aa9d7837caf62653d097ff85',
    WETH: '0x4200000000000000000000000000000000000006',
  },
  137: {
    USDC: '0x3c499c542cef5e3811e1192ce70d8cc03d5c3359',
    USDT: '0xc2132d05d31c914a87c6611c10748aeb04b58e8f',
    WETH: '0x7ceb23fd6bc0add59e62ac25578270cff1b9f619',
    WBTC: '0x1bfd67037b42cf73acf2047067bd4f2c47d9bfd6',
  },
  8453: {
    USDC: '0x833589fcd6edb6e08f4c7c32d4f71b54bda02913',
    WETH: '0x4200000000000000000000000000000000000006',
  },
  42161: {
    USDC: '0xaf88d065e77c8cc2239327c5edb3a432268e5831',
    WETH: '0x82af49447d8a07e3bd95bd0d56f35241523fbab1',
  },
  43114: {
    USDC: '0xb97ef9ef8734c71904d8002f8b6bc66dd9c48a6e',
    USDT: '0x9702230a8ea53601f5cd2dc00fdbc13d4df4a8c7',
    WETH: '0x49d5c2bdffac6ce2bfdb6640f4f80f226bc10bab',
  },
};

/** What tokens can be sold for: on each chain USDC first, then what else most people hold. */
@Injectable()
export class DestinationTokens {
  private readonly asked = new Map<number, Promise<readonly Destination[]>>();

  constructor(
    private readonly config: AppConfig,
    private readonly bridge: BridgeClient,
  ) {}

  /** @throws SourceError when the Bridge cannot be asked */
  async list(chainId?: number): Promise<readonly Destination[]> {
    const ids = chainId === undefined ? this.config.evmChains.map(({ id }) => id) : [chainId];
    return (await Promise.all(ids.map((id) => this.ofChain(id)))).flat();
  }

  private ofChain(chainId: number): Promise<readonly Destination[]> {
    const known = KNOWN[chainId];
    if (known !== undefined) {
      return Promise.resolve(
        SYMBOLS.flatMap((symbol) => {
          const address = known[symbol];
          return address === undefined ? [] : [{ chainId, address, symbol, ...OFFERED[symbol] }];
        }),
      );
    }
    const asked = this.asked.get(chainId) ?? this.tradedOn(chainId);
    this.asked.set(chainId, asked);
    asked.catch(() => this.asked.delete(chainId));
    return asked;
  }

  /** The Bridge's first token of each symbol: two of one name could not be told apart. */
  private async tradedOn(chainId: number): Promise<readonly Destination[]> {
    const found = await Promise.all(SYMBOLS.map((symbol) => this.bridge.tokens(chainId, symbol)));
    return found.flatMap((tokens) => tokens.slice(0, 1));
  }
}
