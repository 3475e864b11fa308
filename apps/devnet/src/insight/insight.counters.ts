export interface WalletCounts {
  /** Requests for any page. */
  requests: number;
  /** Requests for page 0: how often somebody began to list the wallet. */
  listings: number;
}

/** What was asked of `/v1/tokens` since the start or the last reset. */
export interface InsightCounts extends WalletCounts {
  /** Answered truthfully with a 200. */
  served: number;
  /** Refused with a 400 or 401; not in `requests`. */
  refused: number;
  /** Spoilt by a fault, or failed for real. */
  failed: number;
  /** By address in lower case; the newest 10 000. */
  byWallet: Record<string, WalletCounts>;
}

const MAX_WALLETS = 10_000;

/** Lets a test count the calls that its subject made upstream. */
export class InsightCounters {
  private totals = { requests: 0, listings: 0, served: 0, refused: 0, failed: 0 };
  private readonly wallets = new Map<string, WalletCounts>();

  asked(wallets: readonly string[], page: number): void {
    const listing = page === 0 ? 1 : 0;
    this.totals.requests += 1;
    this.totals.listings += listing;
    for (const wallet of wallets) {
      const counts = this.wallets.get(wallet) ?? { requests: 0, listings: 0 };
      this.wallets.delete(wallet);
      this.wallets.set(wallet, { requests: counts.requests + 1, listings: counts.listings + listing });
    }
    while (this.wallets.size > MAX_WALLETS) this.wallets.delete(this.wallets.keys().next().value!);
  }

  ended(how: 'served' | 'refused' | 'failed'): void {
    this.totals[how] += 1;
  }

  read(): InsightCounts {
    return { ...this.totals, byWallet: Object.fromEntries(this.wallets) };
  }

  reset(): void {
    this.totals = { requests: 0, listings: 0, served: 0, refused: 0, failed: 0 };
    this.wallets.clear();
  }
}
