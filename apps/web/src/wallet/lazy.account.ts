import type { SellingAccount } from '@chaincache/react';
import type { WalletProvider } from './discovery.js';

/** An account whose wallet code is loaded when it is first asked to do something: showing a list takes none of it. */
export function lazyAccount(address: string, provider: WalletProvider): SellingAccount {
  let loading: Promise<SellingAccount> | undefined;
  const loaded = (): Promise<SellingAccount> => {
    loading ??= import('./viem.account.js').then(({ createAccount }) => createAccount(address, provider));
    // A chunk that could not be fetched may be there the next time.
    loading.catch(() => (loading = undefined));
    return loading;
  };
  return {
    address,
    sendCalls: async (request) => (await loaded()).sendCalls(request),
    callsStatus: async (submission) => (await loaded()).callsStatus(submission),
  };
}
