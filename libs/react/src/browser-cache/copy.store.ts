import type { TokensPage } from '../api/api.types.js';

/** One page of a wallet's tokens as the API gave it. Plain JSON. */
export interface PageCopy {
  readonly page: TokensPage;
  readonly etag: string | null;
  /** Wall clock, ms: when it was last known to be what the API has. */
  readonly checkedAt: number;
  /** How old the API's own copy was then. */
  readonly ageSeconds: number;
  readonly stale: boolean;
}

/** All pages of a wallet, by the view (the query) and the page's number. */
export type WalletCopy = Readonly<Record<string, readonly PageCopy[]>>;

/**
 * Keeps wallets' pages from one visit to the next. It is a help, never a need: nothing here rejects, and a store that
 * fails holds nothing.
 */
export interface CopyStore {
  get(wallet: string): Promise<WalletCopy | undefined>;
  put(wallet: string, copy: WalletCopy): Promise<void>;
  drop(wallet: string): Promise<void>;
}

/** For where there is no IndexedDB: forgets with the page. */
export function memoryCopyStore(): CopyStore {
  const copies = new Map<string, WalletCopy>();
  return {
    get: (wallet) => Promise.resolve(copies.get(wallet)),
    put: (wallet, copy) => Promise.resolve(void copies.set(wallet, copy)),
    drop: (wallet) => Promise.resolve(void copies.delete(wallet)),
  };
}
