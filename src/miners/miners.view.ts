import { z } from 'zod';
import type { DailyEarnings, DailyHashrate, MinerStats } from '../catalog/miner.entries.js';

/** A miner as R3MES's clients know it. */
export const minerStatsAnswer = z.object({
  wallet_address: z.string(),
  total_earnings: z.string(),
  hashrate: z.number(),
  gpu_temperature: z.number(),
  blocks_found: z.number(),
  uptime_percentage: z.number(),
  network_difficulty: z.number(),
});

/** A day: `date` for labels (`Jan 02`), `iso_date` for everything else. */
const day = z.object({ date: z.string(), iso_date: z.string() });

export const earningsAnswer = z.object({ earnings: z.array(day.extend({ earnings: z.string() })) });
export const hashrateAnswer = z.object({ hashrate: z.array(day.extend({ hashrate: z.number() })) });

type Day = Readonly<z.output<typeof day>>;
export type MinerStatsView = Readonly<z.output<typeof minerStatsAnswer>>;
export type EarningsView = Readonly<z.output<typeof earningsAnswer>>;
export type HashrateView = Readonly<z.output<typeof hashrateAnswer>>;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAY_MS = 86_400_000;

export function minerStatsView(stats: MinerStats): MinerStatsView {
  return {
    wallet_address: stats.wallet,
    total_earnings: stats.totalEarnings,
    hashrate: stats.hashrate,
    gpu_temperature: stats.gpuTemperature,
    blocks_found: stats.blocksFound,
    uptime_percentage: stats.uptimePercentage,
    network_difficulty: stats.networkDifficulty,
  };
}

/** @param since the first day to show, `2025-07-27` */
export function earningsView(history: readonly DailyEarnings[], since: string): EarningsView {
  const days = history.filter(({ date }) => date >= since);
  return { earnings: days.map(({ date, earnings }) => ({ ...dayOf(date), earnings })) };
}

/** @param since the first day to show, `2025-07-27` */
export function hashrateView(history: readonly DailyHashrate[], since: string): HashrateView {
  const days = history.filter(({ date }) => date >= since);
  return { hashrate: days.map(({ date, hashrate }) => ({ ...dayOf(date), hashrate })) };
}

/** The first of so many days that end today, in UTC. @param nowMs the wall clock */
export function firstOfDays(days: number, nowMs: number): string {
  return new Date(nowMs - (days - 1) * DAY_MS).toISOString().slice(0, 10);
}

function dayOf(isoDate: string): Day {
  return { date: `${MONTHS[Number(isoDate.slice(5, 7)) - 1]} ${isoDate.slice(8)}`, iso_date: isoDate };
}
