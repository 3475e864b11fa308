import { Injectable } from '@nestjs/common';
import { Cached, loadContext } from '@chaincache/cache/nest';
import { networkStats, type NetworkStats } from '../catalog/network.entries.js';
import { Database } from '../database/database.js';
import { SourceError } from '../source/source.error.js';
import { noteStanding } from './blocks.loader.js';
import { R3mesClient } from './r3mes.client.js';

/** An answer that lacks a source is worth asking again soon. */
const PARTIAL_FRESH_MS = 5_000;

const TOTALS = `
  SELECT count(*) FILTER (WHERE is_miner AND last_mining_time > now() - interval '24 hours')::int AS active_miners,
    count(*)::int AS total_users, coalesce(sum(credits), 0)::text AS total_credits
  FROM chaincache.users`;

interface TotalsRow {
  readonly active_miners: number;
  readonly total_users: number;
  readonly total_credits: string;
}

/** Reads what the whole network comes to, through the cache. */
@Injectable()
export class NetworkStatsLoader {
  private readonly totals: () => Promise<TotalsRow[]>;

  constructor(
    database: Database,
    private readonly client: R3mesClient,
  ) {
    this.totals = database.prepared('network_totals', TOTALS);
  }

  /**
   * Without the chain the answer says so in `partial`, and is kept briefly; without the database there is none.
   * @throws SourceError
   */
  @Cached(networkStats)
  async load(): Promise<NetworkStats> {
    const context = loadContext();
    const partial: string[] = [];
    const orPartial = (error: unknown): null => {
      if (!(error instanceof SourceError)) throw error;
      partial.push(error.source);
      return null;
    };
    const [[totals], status, statistics] = await Promise.all([
      this.totals(),
      this.client.status(context?.signal).catch(orPartial),
      this.client.statistics(context?.signal).catch(orPartial),
    ]);
    const blockHeight = status && noteStanding(status);
    if (partial.length > 0) context?.freshFor(PARTIAL_FRESH_MS);
    return {
      activeMiners: totals!.active_miners,
      totalUsers: totals!.total_users,
      totalCredits: totals!.total_credits,
      blockHeight,
      totalGradients: statistics?.totalGradients ?? null,
      totalAggregations: statistics?.totalAggregations ?? null,
      partial: partial.sort((a, b) => a.localeCompare(b)),
    };
  }
}
