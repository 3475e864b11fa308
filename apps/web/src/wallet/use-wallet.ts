import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { SellingAccount } from '@chaincache/react';
import { DEVNET_WALLET, type DiscoveredWallet, discoveredWallets, onDiscovery } from './discovery.js';
import { lazyAccount } from './lazy.account.js';

export interface ConnectedWallet {
  readonly wallets: readonly DiscoveredWallet[];
  readonly account: SellingAccount | undefined;
  readonly walletName: string | undefined;
  /** One of the wallets is the devnet's: this is a place for trying things. */
  readonly onDevnet: boolean;
  /** Null when the person declined. */
  readonly connect: (wallet: DiscoveredWallet) => Promise<string | null>;
  readonly disconnect: () => void;
}

const REMEMBERED = 'wallet-sweep:wallet';

/** The browser's wallets, and the account that is connected. Comes back to the last one by itself. */
export function useWallet(): ConnectedWallet {
  const wallets = useSyncExternalStore(onDiscovery, discoveredWallets);
  const [connected, setConnected] = useState<{ wallet: DiscoveredWallet; address: string }>();

  useEffect(() => {
    const remembered = wallets.find(({ info }) => info.rdns === localStorage.getItem(REMEMBERED));
    if (connected || !remembered) return;
    void firstAccount(remembered, 'eth_accounts').then((address) => {
      if (address !== null) setConnected({ wallet: remembered, address });
      return address;
    });
  }, [wallets, connected]);

  useEffect(() => {
    if (!connected) return;
    const { wallet } = connected;
    const follow = (accounts: unknown): void => {
      const address = addressIn(accounts);
      setConnected(address === null ? undefined : { wallet, address });
      if (address === null) localStorage.removeItem(REMEMBERED);
    };
    wallet.provider.on?.('accountsChanged', follow);
    return () => void wallet.provider.removeListener?.('accountsChanged', follow);
  }, [connected]);

  const connect = useCallback(async (wallet: DiscoveredWallet): Promise<string | null> => {
    const address = await firstAccount(wallet, 'eth_requestAccounts');
    if (address === null) return null;
    localStorage.setItem(REMEMBERED, wallet.info.rdns);
    setConnected({ wallet, address });
    return address;
  }, []);
  const disconnect = useCallback(() => {
    localStorage.removeItem(REMEMBERED);
    void connected?.wallet.provider
      .request({ method: 'wallet_revokePermissions', params: [{ eth_accounts: {} }] })
      .catch(() => undefined);
    setConnected(undefined);
  }, [connected]);

  const [provider, address] = [connected?.wallet.provider, connected?.address];
  return {
    wallets,
    account: useMemo(() => (provider && address ? lazyAccount(address, provider) : undefined), [provider, address]),
    walletName: connected?.wallet.info.name,
    onDevnet: wallets.some(({ info }) => info.rdns === DEVNET_WALLET),
    connect,
    disconnect,
  };
}

async function firstAccount({ provider }: DiscoveredWallet, method: string): Promise<string | null> {
  return addressIn(await provider.request({ method }).catch(() => []));
}

function addressIn(accounts: unknown): string | null {
  const first: unknown = Array.isArray(accounts) ? accounts[0] : undefined;
  return typeof first === 'string' && /^0x[0-9a-fA-F]{40}$/.test(first) ? first : null;
}
