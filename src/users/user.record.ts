import type { UserInfo } from '../catalog/user.entries.js';
import type { users } from '../database/database.tables.js';

/** A row of `users` as it is cached. */
export function userInfoOf(user: typeof users.$inferSelect): UserInfo {
  return {
    wallet: user.walletAddress,
    displayName: user.displayName,
    credits: user.credits.toString(),
    isMiner: user.isMiner,
    lastMiningTime: user.lastMiningTime?.toISOString() ?? null,
    createdAt: user.createdAt.toISOString(),
  };
}
