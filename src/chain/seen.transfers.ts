import { type Clock, systemClock } from '@chaincache/cache';
import type { ChainStatus } from './chain.status.js';

/** As long as the library remembers a demanded height. */
const LIFE_MS = 600_000;
/** Some 20 MB. The oldest go first: then a height that was demanded for them cannot be explained any more. */
const MAX_WALLETS = 50_000;

interface Demand {
  /** Lowest block that a value may have been read at, by chain. */
  readonly heights: Map<number, number>;
  readonly until: number;
}

/**
 * In which block this instance last saw a wallet's balances change, for each chain. The library keeps one demanded
 * height for an entry, and heights of different chains cannot be compared: where there are several chains, this tells
 * whether a value that was read at given heights has what is demanded. See docs/decisions/heights-of-chains.md.
 */
export class SeenTransfers {
  private readonly wallets = new Map<string, Demand>();
  private readonly chains = new Map<number, { readonly height: number; readonly until: number }>();

  constructor(
    private readonly status: ChainStatus,
    private readonly clock: Clock = systemClock,
  ) {}

  /** Values for these wallets are to be read at this block or a later one. */
  demand(chainId: number, height: number, wallets: readonly string[]): void {
    const now = this.clock.now();
    for (const wallet of wallets) {
      const known = this.wallets.get(wallet);
      const heights = known !== undefined && known.until > now ? known.heights : new Map<number, number>();
      heights.set(chainId, Math.max(height, heights.get(chainId) ?? 0));
      // Moved to the end: insertion order is the order of demands.
      this.wallets.delete(wallet);
      this.wallets.set(wallet, { heights, until: now + LIFE_MS });
    }
    for (const [wallet, { until }] of this.wallets) {
      if (this.wallets.size <= MAX_WALLETS && until > now) break;
      this.wallets.delete(wallet);
    }
  }

  /** The same for all wallets: it is not known which of them changed. */
  demandOfAll(chainId: number, height: number): void {
    this.chains.set(chainId, { height, until: this.clock.now() + LIFE_MS });
  }

  /** Whether a value read at these heights lacks, or may lack, a change that this instance has seen. */
  lags(wallet: string, heights: ReadonlyMap<number, number>): boolean {
    const now = this.clock.now();
    const isBelow = (chainId: number, height: number): boolean => (heights.get(chainId) ?? -1) < height;
    for (const [chainId, { height, until }] of this.chains) if (until > now && isBelow(chainId, height)) return true;
    return [...this.heightsOf(wallet, now)].some(([chainId, height]) => isBelow(chainId, height));
  }

  /**
   * Whether it is known what a height was demanded for: every chain is being watched, and a change in a block at least
   * that high was seen here. Otherwise another instance, or a client, knows of something that is not known here.
   */
  explains(wallet: string, demanded: number): boolean {
    if (!this.status.areEvmChainsLive) return false;
    return [...this.heightsOf(wallet, this.clock.now()).values()].some((height) => height >= demanded);
  }

  private heightsOf(wallet: string, now: number): ReadonlyMap<number, number> {
    const demand = this.wallets.get(wallet);
    return demand !== undefined && demand.until > now ? demand.heights : NONE;
  }
}

const NONE: ReadonlyMap<number, number> = new Map();
