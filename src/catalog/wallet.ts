import type { EntryRef } from '@chaincache/cache';
import { EVM_ADDRESS_EXPECTED, evmAddressKey } from './evm-address.js';
import { R3MES_ADDRESS_EXPECTED, r3mesAddressKey } from './r3mes-address.js';
import { minerTag, userTag, walletTag } from './tags.js';
import { tokenBalances } from './token-balances.entry.js';
import { userInfo } from './user.entries.js';

/** A wallet of either kind, and what of the cache is about it. */
export interface Wallet {
  readonly kind: 'evm' | 'r3mes';
  /** In key form. */
  readonly address: string;
  /** All that depends on it. */
  readonly tags: readonly string[];
  /** Its main entry. */
  readonly ref: EntryRef<unknown>;
}

/** What a wallet of either kind should be, for people. */
export const WALLET_EXPECTED = `${EVM_ADDRESS_EXPECTED}; or ${R3MES_ADDRESS_EXPECTED}`;

/** Null for what is an address of neither kind. */
export function walletOf(text: string): Wallet | null {
  const evm = evmAddressKey(text);
  if (evm !== null)
    return { kind: 'evm', address: evm, tags: [walletTag(evm)], ref: tokenBalances.ref({ address: evm }) };
  const r3mes = r3mesAddressKey(text);
  if (r3mes === null) return null;
  const tags = [userTag(r3mes), minerTag(r3mes)];
  return { kind: 'r3mes', address: r3mes, tags, ref: userInfo.ref({ wallet: r3mes }) };
}
