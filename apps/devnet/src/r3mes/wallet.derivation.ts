import { fromBech32, toBech32 } from '@cosmjs/encoding';
import { sha256 } from './merkle.tree.js';

export const walletPrefix = 'remes';
const addressBytes = 20;
/** Source: BIP 173. */
const longestBech32 = 90;

/**
 * The devnet's wallet of a name (`miner/7`, `user/12`), the same on every machine and after every restart.
 * Nobody has its private key: it is an address only.
 */
export function devnetWallet(name: string): string {
  return toBech32(walletPrefix, sha256(Buffer.from(`chaincache-devnet/${name}`, 'utf8')).subarray(0, addressBytes));
}

export function isWallet(value: unknown): value is string {
  if (typeof value !== 'string' || value !== value.toLowerCase()) return false;
  try {
    const { prefix, data } = fromBech32(value, longestBech32);
    return prefix === walletPrefix && data.length === addressBytes;
  } catch {
    return false;
  }
}

/** A validator's operator address, as the staking module names it. */
export function operatorAddress(consensusAddress: string): string {
  return toBech32(`${walletPrefix}valoper`, Buffer.from(consensusAddress, 'hex'));
}
