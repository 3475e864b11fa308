import { apiKey } from './api-key.entry.js';
import { minerEarnings, minerHashrate, minerStats } from './miner.entries.js';
import { blockHeight, networkStats, recentBlocks } from './network.entries.js';
import { tokenBalances } from './token-balances.entry.js';
import { userCredits, userInfo } from './user.entries.js';

/** Everything that is cached: keys, lives, tags and metric labels derive from these. */
export const CATALOG_ENTRIES = [
  tokenBalances,
  userInfo,
  userCredits,
  minerStats,
  minerEarnings,
  minerHashrate,
  networkStats,
  blockHeight,
  recentBlocks,
  apiKey,
] as const;

/** The variable that overrides an entry's fresh life: `token balances` gives `CACHE_TTL_TOKEN_BALANCES`. */
export function ttlVariable(entryName: string): string {
  return `CACHE_TTL_${entryName.toUpperCase().replaceAll(' ', '_')}`;
}
