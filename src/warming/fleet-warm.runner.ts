import { Injectable } from '@nestjs/common';
import { CacheWarmer } from '@chaincache/cache';
import { CacheRegistry, type WarmPlan, type WarmRunner } from '@chaincache/cache/nest';
import { tokenBalances } from '../catalog/token-balances.entry.js';

/** A wallet is listed in full and without spam at the same time: two calls, and more where it has over 100 tokens. */
const CALLS_PER_WALLET = 2;

/** Carries out the application's plans with the fleet's warmer; active wallets are kept warm besides. */
@Injectable()
export class FleetWarmRunner implements WarmRunner {
  constructor(
    private readonly warmer: CacheWarmer,
    private readonly registry: CacheRegistry,
  ) {}

  start(plans: readonly WarmPlan[]): void {
    const loaderOf = this.registry.loaderOf(tokenBalances);
    if (loaderOf !== undefined) this.warmer.keepHot(tokenBalances, loaderOf, { callsPerLoad: CALLS_PER_WALLET });
    this.warmer.start(plans);
  }

  trigger(plans: readonly WarmPlan[], event: unknown): void {
    this.warmer.trigger(plans, event);
  }

  stop(): Promise<void> {
    return this.warmer.stop();
  }
}
