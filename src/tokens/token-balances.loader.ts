import { Injectable } from '@nestjs/common';
import type { LoadContext } from '@chaincache/cache';
import { Cached, loadContext } from '@chaincache/cache/nest';
import { type TokenBalances, tokenBalances } from '../catalog/token-balances.entry.js';
import { SeenTransfers } from '../chain/index.js';
import { AppConfig } from '../config/app.config.js';
import { ColdLoadLimiter } from '../source/cold-load.limiter.js';
import { withDeadline } from '../source/source.deadline.js';
import { WalletLives } from './smart-ttl.wallets.js';
import { tokenBalancesOf } from './token-balances.mapping.js';
import { WalletListing } from './wallet.listing.js';

/** An answer that lacks a chain is worth asking again soon. */
const PARTIAL_FRESH_MS = 15_000;
/** And one that lacks a change that was seen on a chain, sooner still: as the library does. */
const LAGGING_FRESH_MS = 2_000;

/** Loads what a wallet holds on all configured chains. */
@Injectable()
export class TokenBalancesLoader {
  constructor(
    private readonly config: AppConfig,
    private readonly listing: WalletListing,
    private readonly limiter: ColdLoadLimiter,
    private readonly seen: SeenTransfers,
    private readonly lives: WalletLives,
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
    const withinMs = this.config.requestDeadlineMs;
    const readAt = new Date();
    const atMs = readAt.getTime() + withinMs;
    const listing = await withDeadline({ withinMs, signal: context?.signal }, (signal) =>
      this.listing.list(address, chainIds, { signal, atMs }),
    );
    const balances = tokenBalancesOf(address, listing, readAt);
    const lifeMs = this.lives.observe(balances);
    if (lifeMs !== null) context?.freshFor(lifeMs);
    // What is known to be incomplete or late lives shorter than all that.
    if (listing.partial.length > 0) context?.freshFor(PARTIAL_FRESH_MS);
    if (context) this.noteHeight(context, address, listing.heights);
    return balances;
  }

  /**
   * Heights of different chains cannot be compared. With several, a value has the demanded height if it is known here
   * what that was demanded for, and the value has it; else its height counts as unknown.
   */
  private noteHeight(context: LoadContext, address: string, heights: ReadonlyMap<number, number>): void {
    const lags = this.seen.lags(address, heights);
    if (lags) context.freshFor(LAGGING_FRESH_MS);
    const { evmChains } = this.config;
    if (evmChains.length === 1) {
      const height = heights.get(evmChains[0]!.id);
      if (height !== undefined) context.atHeight(height);
    } else if (!lags && context.minHeight !== null && this.seen.explains(address, context.minHeight)) {
      context.atHeight(context.minHeight);
    }
  }
}
