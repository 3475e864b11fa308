import { Injectable } from '@nestjs/common';
import { CacheInvalidator } from '@chaincache/cache';
import type { Scope } from '../auth/index.js';
import { AppConfig } from '../config/app.config.js';
import { ChainHeadReader } from '../source/chain-head.reader.js';
import type { CacheAction, InvalidateWallet } from './cache.schemas.js';
import { WalletInvalidation, type WalletInvalidationOutcome } from './wallet.invalidation.js';

/** A field of an action that has the right form but cannot be. */
export class ActionRefused extends Error {
  override readonly name = 'ActionRefused';

  constructor(
    readonly field: string,
    readonly expected: string,
  ) {
    super(`${field} ${expected}`);
  }
}

/** What an action needs; null: it is open, because the browser calls it. */
export function scopeOf({ action }: CacheAction): Scope | null {
  if (action === 'invalidateWallet') return null;
  return action === 'clearNamespace' ? 'cache:admin' : 'cache:invalidate';
}

/** Carries out the actions of POST /api/cache. */
@Injectable()
export class CacheActions {
  constructor(
    private readonly invalidator: CacheInvalidator,
    private readonly wallets: WalletInvalidation,
    private readonly heads: ChainHeadReader,
    private readonly config: AppConfig,
  ) {}

  /** @throws ActionRefused; CacheError for a name that the library does not take; SourceError when a head cannot be read */
  run(action: CacheAction, client: string): Promise<WalletInvalidationOutcome> {
    switch (action.action) {
      case 'invalidate':
        return this.invalidator.invalidateKeys([action.key], action.namespace);
      case 'invalidatePattern':
        return this.invalidator.invalidateByPattern(action.pattern, action.namespace);
      case 'invalidateTag':
        return this.invalidator.invalidateByTag(action.tag);
      case 'invalidateWallet':
        return this.invalidateWallet(action, client);
      default:
        return this.invalidator.clearNamespace(action.namespace);
    }
  }

  private async invalidateWallet(action: InvalidateWallet, client: string): Promise<WalletInvalidationOutcome> {
    const { walletAddress: wallet, minBlock, chainId = this.heads.defaultChainId } = action;
    if (!this.config.evmChains.some(({ id }) => id === chainId)) {
      throw new ActionRefused('chainId', `should be one of ${this.config.evmChains.map(({ id }) => id).join(', ')}`);
    }
    if (minBlock !== undefined) {
      if (wallet.kind !== 'evm') throw new ActionRefused('minBlock', 'should be left out: it is for EVM wallets');
      if (!(await this.heads.reaches(chainId, minBlock))) {
        throw new ActionRefused('minBlock', `should be at most one block above the head of chain ${chainId}`);
      }
    }
    return this.wallets.invalidate(wallet, client, minBlock, this.heads.known(chainId));
  }
}
