/** Names of the tags that entries carry and events invalidate. The only place where they are spelt. */

/** The tag of everything that is on the chain: blocks, height, network stats. */
export const CHAIN_TAG = 'chain';

/** What depends on an EVM wallet's balances. @param address in key form, see address.ts */
export function walletTag(address: string): string {
  return `wallet:${address}`;
}

/** What depends on an R3MES user. @param wallet in key form */
export function userTag(wallet: string): string {
  return `user:${wallet}`;
}

/** What depends on an R3MES miner. @param wallet in key form */
export function minerTag(wallet: string): string {
  return `miner:${wallet}`;
}
