import type { CacheListener } from '@chaincache/cache';
import { walletTag } from '../catalog/tags.js';
import { tokenBalances } from '../catalog/token-balances.entry.js';
import type { WalletStreams } from './wallet.streams.js';

const WALLET_TAG = walletTag('');
const TOKENS_KEY = tokenBalances.ref({ address: 'x' }).key.slice(0, -1);

/** Tells wallets' streams what the cache says of itself: what this process invalidated, and what others did. */
export function walletChanges(streams: Pick<WalletStreams, 'changed' | 'doubted'>): CacheListener {
  const invalidated = (names: readonly string[]): void => {
    for (const name of names) {
      if (name.startsWith(WALLET_TAG)) streams.changed(name.slice(WALLET_TAG.length));
      else if (name.length > TOKENS_KEY.length && name.startsWith(TOKENS_KEY)) {
        streams.changed(name.slice(TOKENS_KEY.length));
      } else if (concernsAllWallets(name)) streams.doubted();
    }
  };
  return {
    invalidated: (_kind, names) => invalidated(names),
    invalidationReceived: (tags, keys) => invalidated([...tags, ...keys]),
    // Messages were lost: nobody knows which.
    flushed: () => streams.doubted(),
  };
}

/** The tag of all entries, and the prefixes of a wallet's key. */
function concernsAllWallets(tag: string): boolean {
  return tag === '*' || TOKENS_KEY.startsWith(tag);
}
