import { viemAccount } from '@chaincache/react/viem';
import type { SellingAccount } from '@chaincache/react';
import { createWalletClient, custom, type EIP1193Provider, type Hex, numberToHex } from 'viem';
import type { WalletProvider } from './discovery.js';

/** The viem side of a wallet. Brings the wallet to the sale's chain first. */
export function createAccount(address: string, provider: WalletProvider): SellingAccount {
  const client = createWalletClient({
    account: address as Hex,
    transport: custom(provider as EIP1193Provider, { retryCount: 0 }),
  });
  const account = viemAccount(client);
  return {
    ...account,
    async sendCalls(request) {
      const wanted = numberToHex(request.chainId);
      if ((await provider.request({ method: 'eth_chainId' })) !== wanted) {
        await provider.request({ method: 'wallet_switchEthereumChain', params: [{ chainId: wanted }] });
      }
      return account.sendCalls(request);
    },
  };
}
