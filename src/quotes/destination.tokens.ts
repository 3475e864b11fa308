import { Injectable } from '@nestjs/common';
import { AppConfig } from '../config/app.config.js';
import { BridgeClient } from './bridge.client.js';
import type { Destination } from './quotes.schemas.js';

/** Circle's own USDC (developers.circle.com/stablecoins/usdc-contract-addresses): a symbol proves nothing. */
const USDC: Readonly<Record<number, string>> = {
  1: '0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48',
  10: '0x0b2c639c533813f4aa9d7837caf62653d097ff85',
  137: '0x3c499c542cef5e3811e1192ce70d8cc03d5c3359',
  8453: '0x833589fcd6edb6e08f4c7c32d4f71b54bda02913',
  42161: '0xaf88d065e77c8cc2239327c5edb3a432268e5831',
  43114: '0xb97ef9ef8734c71904d8002f8b6bc66dd9c48a6e',
};

/** What tokens can be sold for: on each chain USDC, the one its issuer names or else the one that the Bridge trades. */
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
    const address = USDC[chainId];
    if (address !== undefined) {
      return Promise.resolve([{ chainId, address, symbol: 'USDC', name: 'USD Coin', decimals: 6 }]);
    }
    const asked = this.asked.get(chainId) ?? this.bridge.tokens(chainId, 'USDC');
    this.asked.set(chainId, asked);
    asked.catch(() => this.asked.delete(chainId));
    return asked;
  }
}
