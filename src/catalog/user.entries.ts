import { defineEntry } from '@chaincache/cache';
import { userTag } from './tags.js';

/** How long it is remembered that there is no such user or miner. Registration forgets it: it changes the user's tag. */
export const ABSENT = '10s';

export interface UserInfo {
  readonly wallet: string;
  /** What the user wants to be called, or null. */
  readonly displayName: string | null;
  /** A decimal string. */
  readonly credits: string;
  readonly isMiner: boolean;
  /** ISO 8601, or null: never. */
  readonly lastMiningTime: string | null;
  /** ISO 8601. */
  readonly createdAt: string;
}

export interface UserCredits {
  readonly wallet: string;
  /** A decimal string. */
  readonly credits: string;
}

export const userInfo = defineEntry<UserInfo>()('user info', 'user:info:{wallet}', {
  fresh: '300s',
  grace: '10m',
  staleness: '5s',
  absent: ABSENT,
  tags: [userTag('{wallet}')],
});

/** What somebody may spend: never served past its life. */
export const userCredits = defineEntry<UserCredits>()('user credits', 'user:credits:{wallet}', {
  fresh: '300s',
  staleness: '1s',
  absent: ABSENT,
  tags: [userTag('{wallet}')],
});
