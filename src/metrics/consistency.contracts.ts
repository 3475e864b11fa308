import type { ConsistencyContract } from '@chaincache/cache';
import { apiKey } from '../catalog/api-key.entry.js';
import { blockHeight, networkStats, recentBlocks } from '../catalog/network.entries.js';
import type { BlockSummary, NetworkStats } from '../catalog/network.entries.js';
import { tokenBalances, type TokenBalances } from '../catalog/token-balances.entry.js';

/** Database totals in the network stats may be this old. */
const NETWORK_STATS_AGE_MS = 60_000;
/** A block is known once its event was handled; until then the one before it stands. */
const BLOCK_AGE_MS = 10_000;

/**
 * What entries promise where it is less than "the same as the source". All others must agree in full.
 * Prices and the time of reading move without an event, and what is partial on either side cannot be compared.
 */
export const CONSISTENCY_CONTRACTS: Readonly<Record<string, ConsistencyContract>> = {
  [tokenBalances.name]: {
    comparable: ({ tokens, partial }: TokenBalances) =>
      partial.length > 0
        ? null
        : tokens.map(({ chainId, address, balance }) => `${chainId}:${address}=${balance}`).sort(),
  },
  [networkStats.name]: {
    allowedAgeMs: NETWORK_STATS_AGE_MS,
    comparable: (stats: NetworkStats) => (stats.partial.length > 0 ? null : stats),
  },
  [blockHeight.name]: { allowedAgeMs: BLOCK_AGE_MS },
  [recentBlocks.name]: { allowedAgeMs: BLOCK_AGE_MS, comparable: (blocks: readonly BlockSummary[]) => blocks[0] },
  // When it was last used moves by itself; what it allows does not.
  [apiKey.name]: {},
};
