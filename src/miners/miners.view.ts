import type { DailyEarnings, DailyHashrate, MinerStats } from '../catalog/miner.entries.js';

/** A miner as R3MES's clients know it. */
export interface MinerStatsView {
  readonly wallet_address: string;
  readonly total_earnings: string;
  readonly hashrate: number;
  readonly gpu_temperature: number;
  readonly blocks_found: number;
  readonly uptime_percentage: number;
  readonly network_difficulty: number;
}

/** A day: `date` for labels (`Jan 02`), `iso_date` for everything else. */
interface Day {
  readonly date: string;
  readonly iso_date: string;
}

export interface EarningsView {
  readonly earnings: readonly (Day & { readonly earnings: string })[];
}

export interface HashrateView {
  readonly hashrate: readonly (Day & { readonly hashrate: number })[];
}

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
