import { Injectable } from '@nestjs/common';
import { and, eq, not, sql } from 'drizzle-orm';
import { settle } from '../catalog/events/domain.event.js';
import { MinerRegistered } from '../catalog/events/miner-registered.event.js';
import { MinerStatsUpdated } from '../catalog/events/miner-stats-updated.event.js';
import { earningsHistory, hashrateHistory, miningStats, users } from '../database/database.tables.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import type { MinerReport } from './miners.schemas.js';

/** Writes miners and what they report. Wallets are in key form. */
@Injectable()
export class MinersService {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /**
   * Makes a user a miner, and a wallet that is no user yet both.
   * @returns false when it was a miner already @throws SourceError
   */
  register(wallet: string): Promise<boolean> {
    return this.unitOfWork.run(
      async (statements) => {
        const registered = await statements
          .insert(users)
          .values({ walletAddress: wallet, isMiner: true })
          .onConflictDoUpdate({ target: users.walletAddress, set: { isMiner: true }, setWhere: not(users.isMiner) })
          .returning({ wallet: users.walletAddress });
        return registered.length > 0;
      },
      { apply: 'through', events: (registered) => (registered ? [settle(new MinerRegistered(wallet))] : []) },
    );
  }

  /**
   * Reports come often and nobody waits for the next reader, so what they make invalid is applied behind.
   * @returns when it was recorded, or undefined where there is no such miner @throws SourceError
   */
  report(wallet: string, report: MinerReport): Promise<Date | undefined> {
    return this.unitOfWork.run(
      async (statements) => {
        const [miner] = await statements
          .update(users)
          .set({ lastMiningTime: sql`now()` })
          .where(and(eq(users.walletAddress, wallet), users.isMiner))
          .returning({ at: users.lastMiningTime });
        if (miner === undefined) return undefined;
        const hashrate = String(report.hashrate);
        await statements.insert(miningStats).values({
          walletAddress: wallet,
          hashrate,
          gpuTemperature: String(report.gpu_temperature),
          blocksFound: BigInt(report.blocks_found),
          uptimePercentage: String(report.uptime_percentage),
          networkDifficulty: String(report.network_difficulty),
        });
        await statements.insert(hashrateHistory).values({ walletAddress: wallet, hashrate });
        if (report.earnings !== undefined) {
          await statements.insert(earningsHistory).values({ walletAddress: wallet, earnings: report.earnings });
        }
        return miner.at!;
      },
      { apply: 'behind', events: (at) => (at ? [settle(new MinerStatsUpdated(wallet))] : []) },
    );
  }
}
