import { defineEntry } from '@chaincache/cache';
import { userTag } from './tags.js';

export interface UserInfo {
  readonly wallet: string;
  readonly credits: string;
  readonly isMiner: boolean;
  readonly lastMiningTime: string | null;
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
  tags: [userTag('{wallet}')],
});

/** What somebody may spend: never served past its life. */
export const userCredits = defineEntry<UserCredits>()('user credits', 'user:credits:{wallet}', {
  fresh: '300s',
  staleness: '1s',
  tags: [userTag('{wallet}')],
});
