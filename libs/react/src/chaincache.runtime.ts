import type { QueryClient } from '@tanstack/react-query';
import { ApiClient, type ApiClientOptions, type InvalidateWalletOptions } from './api/api.client.js';
import type { InvalidationAnswer } from './api/api.types.js';
import type { CopyStore } from './browser-cache/copy.store.js';
import { indexedDbCopyStore } from './browser-cache/indexed-db.store.js';
import { tabsChannel } from './browser-cache/tabs.channel.js';
import { WalletCopies } from './browser-cache/wallet.copies.js';
import { LiveUpdates } from './live/live.updates.js';
import { BatchSales } from './selling/batch.sales.js';
import { type PendingStore, pendingStore } from './selling/pending.sales.js';

export interface ChaincacheOptions extends ApiClientOptions {
  /** Keeps wallets' pages between visits. Default: IndexedDB, or memory where there is none. */
  readonly copies?: CopyStore;
  /** Keeps sales that are under way between visits. Default: localStorage, or memory where there is none. */
  readonly pending?: PendingStore;
  /** Hear of changes through server-sent events. Default true. */
  readonly live?: boolean;
}

/** An invalidation that is `coalesced` is applied within the API's cooldown. */
const COALESCED_AFTER_MS = 6_000;

/** What the hooks of one page share. `ChaincacheProvider` makes one. */
export class ChaincacheRuntime {
  readonly api: ApiClient;
  readonly copies: WalletCopies;
  readonly live: LiveUpdates | undefined;
  readonly sales: BatchSales;
  private readonly connected = new WeakSet<QueryClient>();

  constructor(options: ChaincacheOptions = {}) {
    this.api = new ApiClient(options);
    const scope = this.api.baseUrl;
    this.copies = new WalletCopies(this.api, options.copies ?? indexedDbCopyStore(scope), tabsChannel(scope));
    this.live = options.live === false ? undefined : new LiveUpdates(this.api, this.copies);
    this.sales = new BatchSales(this, options.pending ?? pendingStore(scope));
  }

  /** Begins every key of this API's queries about a wallet. */
  walletKey(wallet: string): readonly [string, string, string] {
    return ['chaincache', this.api.baseUrl, wallet];
  }

  /** Makes the queries follow what becomes known about wallets. May be called again. */
  connect(queries: QueryClient): void {
    if (this.connected.has(queries)) return;
    this.connected.add(queries);
    this.copies.onNews((wallet) => void queries.invalidateQueries({ queryKey: this.walletKey(wallet) }));
  }

  /** Invalidates at the API, then here and in every tab. @throws ApiError, and then nothing is dropped */
  async invalidateWallet(wallet: string, options: InvalidateWalletOptions = {}): Promise<InvalidationAnswer> {
    const answer = await this.api.invalidateWallet(wallet, options);
    this.copies.drop(wallet);
    if (answer.status === 'coalesced') setTimeout(() => this.copies.doubt(wallet), COALESCED_AFTER_MS);
    return answer;
  }
}
