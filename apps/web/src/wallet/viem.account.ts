import { viemAccount } from '@chaincache/react/viem';
import type { SellingAccount } from '@chaincache/react';
import { createWalletClient, custom, type EIP1193Provider, type Hex } from 'viem';
import type { WalletProvider } from './discovery.js';

/** The viem side of a wallet. */
export function createAccount(address: string, provider: WalletProvider): SellingAccount {
  const transport = custom(provider as EIP1193Provider, { retryCount: 0 });
  return viemAccount(createWalletClient({ account: address as Hex, transport }));
}
