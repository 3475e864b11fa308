import type { comet38 } from '@cosmjs/tendermint-rpc';
import { r3mesAddressKey } from '../../catalog/r3mes-address.js';

/**
 * The R3MES wallets that events name, each once and in their canonical form. Every attribute is looked at: which event
 * types there are is up to the chain's version, and a wallet too many only costs a reload.
 */
export function walletsIn(events: readonly comet38.Event[]): string[] {
  const wallets = new Set<string>();
  for (const { attributes } of events) {
    for (const { value } of attributes) {
      const wallet = r3mesAddressKey(value);
      if (wallet !== null) wallets.add(wallet);
    }
  }
  return [...wallets];
}
