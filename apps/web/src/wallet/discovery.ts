/** As much of an EIP-1193 provider as is used before the wallet code is loaded. */
export interface WalletProvider {
  request(args: { readonly method: string; readonly params?: readonly unknown[] }): Promise<unknown>;
  on?(event: string, listener: (value: unknown) => void): unknown;
  removeListener?(event: string, listener: (value: unknown) => void): unknown;
}

/** A wallet that announced itself (EIP-6963). */
export interface DiscoveredWallet {
  readonly info: { readonly uuid: string; readonly name: string; readonly icon: string; readonly rdns: string };
  readonly provider: WalletProvider;
}

/** The devnet's own wallet: its tokens are worth nothing. */
export const DEVNET_WALLET = 'local.chaincache.devnet';

let wallets: readonly DiscoveredWallet[] = [];
const listeners = new Set<() => void>();

window.addEventListener('eip6963:announceProvider', (event) => {
  const wallet = (event as CustomEvent<DiscoveredWallet>).detail;
  if (typeof wallet?.info?.rdns !== 'string' || wallets.some(({ info }) => info.uuid === wallet.info.uuid)) return;
  wallets = [...wallets, wallet];
  for (const listener of listeners) listener();
});
window.dispatchEvent(new Event('eip6963:requestProvider'));

export function discoveredWallets(): readonly DiscoveredWallet[] {
  return wallets;
}

export function onDiscovery(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
