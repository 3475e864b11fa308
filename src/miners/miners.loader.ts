import { Injectable } from '@nestjs/common';
import { Cached } from '@chaincache/cache/nest';
import {
  type DailyEarnings,
  type DailyHashrate,
  minerEarnings,
  minerHashrate,
  minerStats,
  type MinerStats,
} from '../catalog/miner.entries.js';
import { Database } from '../database/database.js';
import { ColdLoadLimiter } from '../source/cold-load.limiter.js';
import { EARNINGS_BY_DAY, HASHRATE_BY_DAY, LATEST_STATS } from './miners.statements.js';

/** Figures are null where the miner has reported nothing yet. Numbers arrive as text: their types are exact. */
interface StatsRow {
  readonly total_earnings: string;
  readonly hashrate: string | null;
  readonly gpu_temperature: string | null;
  readonly blocks_found: string | null;
  readonly uptime_percentage: string | null;
  readonly network_difficulty: string | null;
}

/** `date` is null in the only row of a miner without history. */
interface DayRow {
  readonly date: string | null;
  readonly value: string;
}

/** Reads miners through the cache. Wallets are in key form; undefined where there is no such miner. */
@Injectable()
export class MinersLoader {
  private readonly stats: (wallet: string) => Promise<StatsRow[]>;
  private readonly earnings: (wallet: string) => Promise<DayRow[]>;
  private readonly hashrates: (wallet: string) => Promise<DayRow[]>;

  constructor(
    database: Database,
    private readonly limiter: ColdLoadLimiter,
  ) {
    this.stats = database.prepared('miner_stats', LATEST_STATS);
    this.earnings = database.prepared('miner_earnings', EARNINGS_BY_DAY);
    this.hashrates = database.prepared('miner_hashrate', HASHRATE_BY_DAY);
  }

  /** @throws SourceError, ColdLoadRefused */
  @Cached(minerStats)
  async loadStats(wallet: string): Promise<MinerStats | undefined> {
    this.limiter.admit();
    const [row] = await this.stats(wallet);
    if (row === undefined) return undefined;
    return {
      wallet,
      totalEarnings: row.total_earnings,
      hashrate: Number(row.hashrate),
      gpuTemperature: Number(row.gpu_temperature),
      blocksFound: Number(row.blocks_found),
      uptimePercentage: Number(row.uptime_percentage),
      networkDifficulty: Number(row.network_difficulty),
    };
  }

  /** @throws SourceError, ColdLoadRefused */
  @Cached(minerEarnings)
  async loadEarnings(wallet: string): Promise<readonly DailyEarnings[] | undefined> {
    this.limiter.admit();
    const days = daysOf(await this.earnings(wallet));
    return days?.map(({ date, value }) => ({ date, earnings: value }));
  }

  /** @throws SourceError, ColdLoadRefused */
  @Cached(minerHashrate)
  async loadHashrate(wallet: string): Promise<readonly DailyHashrate[] | undefined> {
    this.limiter.admit();
    const days = daysOf(await this.hashrates(wallet));
    return days?.map(({ date, value }) => ({ date, hashrate: Number(value) }));
  }
}

function daysOf(rows: readonly DayRow[]): readonly (DayRow & { readonly date: string })[] | undefined {
  if (rows.length === 0) return undefined;
  return rows.filter((row): row is DayRow & { readonly date: string } => row.date !== null);
}
