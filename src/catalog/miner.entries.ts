import { defineEntry } from '@chaincache/cache';
import { minerTag, userTag } from './tags.js';
import { ABSENT } from './user.entries.js';

export interface MinerStats {
  readonly wallet: string;
  /** A decimal string, in whole coins. */
  readonly totalEarnings: string;
  readonly hashrate: number;
  readonly gpuTemperature: number;
  readonly blocksFound: number;
  readonly uptimePercentage: number;
  readonly networkDifficulty: number;
}

/** One day of a history that reaches back as far as anybody may ask (365 days); `days` is cut from it. */
export interface DailyEarnings {
  /** `2025-07-27`, UTC. */
  readonly date: string;
  /** A decimal string, in whole coins. */
  readonly earnings: string;
}

export interface DailyHashrate {
  /** `2025-07-27`, UTC. */
  readonly date: string;
  readonly hashrate: number;
}

const tags = [userTag('{wallet}'), minerTag('{wallet}')];

export const minerStats = defineEntry<MinerStats>()('miner stats', 'miner:stats:{wallet}', {
  fresh: '60s',
  grace: '10m',
  staleness: '5s',
  absent: ABSENT,
  tags,
});

export const minerEarnings = defineEntry<readonly DailyEarnings[]>()('miner earnings', 'miner:earnings:{wallet}', {
  fresh: '600s',
  grace: '1h',
  staleness: '5s',
  absent: ABSENT,
  tags,
});

export const minerHashrate = defineEntry<readonly DailyHashrate[]>()('miner hashrate', 'miner:hashrate:{wallet}', {
  fresh: '600s',
  grace: '1h',
  staleness: '5s',
  absent: ABSENT,
  tags,
});
