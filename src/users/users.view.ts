import { z } from 'zod';
import type { UserCredits, UserInfo } from '../catalog/user.entries.js';

/** A user as R3MES's clients know it. Times are ISO 8601. */
export const userAnswer = z.object({
  wallet_address: z.string(),
  display_name: z.string().nullable(),
  credits: z.string(),
  is_miner: z.boolean(),
  last_mining_time: z.string().nullable(),
  created_at: z.string(),
});

export const creditsAnswer = z.object({ wallet_address: z.string(), credits: z.string() });

export type UserView = Readonly<z.output<typeof userAnswer>>;
export type CreditsView = Readonly<z.output<typeof creditsAnswer>>;

export function userView({ wallet, displayName, credits, isMiner, lastMiningTime, createdAt }: UserInfo): UserView {
  return {
    wallet_address: wallet,
    display_name: displayName,
    credits,
    is_miner: isMiner,
    last_mining_time: lastMiningTime,
    created_at: createdAt,
  };
}

export function creditsView({ wallet, credits }: UserCredits): CreditsView {
  return { wallet_address: wallet, credits };
}
