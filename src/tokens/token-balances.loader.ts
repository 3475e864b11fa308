import { Injectable } from '@nestjs/common';
import { Cached, loadContext } from '@chaincache/cache/nest';
import { type TokenBalances, tokenBalances } from '../catalog/token-balances.entry.js';
import { AppConfig } from '../config/app.config.js';
import { ColdLoadLimiter } from '../source/cold-load.limiter.js';
import { tokenBalancesOf } from './token-balances.mapping.js';
import { WalletListing } from './wallet.listing.js';

/** An answer that lacks a chain is worth asking again soon. */
const PARTIAL_FRESH_MS = 15_000;

/** Loads what a wallet holds on all configured chains. */
@Injectable()
export class TokenBalancesLoader {
  constructor(
    private readonly config: AppConfig,
    private readonly listing: WalletListing,
    private readonly limiter: ColdLoadLimiter,
  ) {}

  /**
   * @param address in key form
   * @throws SourceError when no chain can be read; ColdLoadRefused when the client has no load left
   */
  @Cached(tokenBalances)
  async load(address: string): Promise<TokenBalances> {
    this.limiter.admit();
    const context = loadContext();
    const chainIds = this.config.evmChains.map(({ id }) => id);
    const timeout = AbortSignal.timeout(this.config.requestDeadlineMs);
    const signal = context ? AbortSignal.any([context.signal, timeout]) : timeout;
    const readAt = new Date();
    const listing = await this.listing.list(address, chainIds, {
      signal,
      atMs: readAt.getTime() + this.config.requestDeadlineMs,
    });
    if (listing.partial.length > 0) context?.freshFor(PARTIAL_FRESH_MS);
    // Heights of different chains cannot be compared: with several, the value's height counts as unknown.
    const height = chainIds.length === 1 ? listing.heights.get(chainIds[0]!) : undefined;
    if (height !== undefined) context?.atHeight(height);
    return tokenBalancesOf(address, listing, readAt);
  }
}
