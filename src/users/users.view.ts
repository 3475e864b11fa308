import type { UserCredits, UserInfo } from '../catalog/user.entries.js';

/** A user as R3MES's clients know it. */
export interface UserView {
  readonly wallet_address: string;
  readonly display_name: string | null;
  readonly credits: string;
  readonly is_miner: boolean;
  readonly last_mining_time: string | null;
  readonly created_at: string;
}

export interface CreditsView {
  readonly wallet_address: string;
  readonly credits: string;
}

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
