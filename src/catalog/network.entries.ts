import { defineEntry } from '@chaincache/cache';
import { CHAIN_TAG } from './tags.js';

export interface NetworkStats {
  /** Miners that reported within the last 24 hours. */
  readonly activeMiners: number;
  readonly totalUsers: number;
  /** A decimal string. */
  readonly totalCredits: string;
  /** Null when the chain could not be read. */
  readonly blockHeight: number | null;
  /** What miners have submitted to the chain so far, and what was made of it: decimal strings, or null as above. */
  readonly totalGradients: string | null;
  readonly totalAggregations: string | null;
  /** Sources that could not be read. */
  readonly partial: readonly string[];
}

export interface BlockSummary {
  readonly height: number;
  /** The block's own hash, in hex. */
  readonly hash: string;
  /** Who proposed it, in hex. */
  readonly miner: string;
  /** ISO 8601. */
  readonly timestamp: string;
  readonly transactions: number;
}

/** Database totals in it may be up to 60 s old: that is its contract. */
export const networkStats = defineEntry<NetworkStats>()('network stats', 'network:stats', {
  fresh: '60s',
  grace: '10m',
  staleness: '5s',
  tags: [CHAIN_TAG],
  heightAware: true,
});

export const blockHeight = defineEntry<number>()('block height', 'block:height', {
  fresh: '10s',
  grace: '60s',
  staleness: '1s',
  tags: [CHAIN_TAG],
  heightAware: true,
});

/** The newest 100, newest first; `limit` is cut from it. */
export const recentBlocks = defineEntry<readonly BlockSummary[]>()('recent blocks', 'block:recent', {
  fresh: '30s',
  grace: '60s',
  staleness: '1s',
  tags: [CHAIN_TAG],
  heightAware: true,
});
