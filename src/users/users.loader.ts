import { Injectable } from '@nestjs/common';
import { Cached } from '@chaincache/cache/nest';
import { eq, sql } from 'drizzle-orm';
import { userCredits, type UserCredits, userInfo, type UserInfo } from '../catalog/user.entries.js';
import { users } from '../database/database.tables.js';
import { Database, type Statements } from '../database/database.js';
import { ColdLoadLimiter } from '../source/cold-load.limiter.js';
import { userInfoOf } from './user.record.js';

/** Reads users through the cache. Wallets are in key form. */
@Injectable()
export class UsersLoader {
  private readonly info: ReturnType<typeof prepareInfo>;
  private readonly balance: ReturnType<typeof prepareCredits>;

  constructor(
    private readonly database: Database,
    private readonly limiter: ColdLoadLimiter,
  ) {
    this.info = prepareInfo(database.statements);
    this.balance = prepareCredits(database.statements);
  }

  /** @returns undefined where there is no such user @throws SourceError, ColdLoadRefused */
  @Cached(userInfo)
  async loadInfo(wallet: string): Promise<UserInfo | undefined> {
    this.limiter.admit();
    const [user] = await this.database.read(() => this.info.execute({ wallet }));
    return user && userInfoOf(user);
  }

  /** @returns undefined where there is no such user @throws SourceError, ColdLoadRefused */
  @Cached(userCredits)
  async loadCredits(wallet: string): Promise<UserCredits | undefined> {
    this.limiter.admit();
    const [user] = await this.database.read(() => this.balance.execute({ wallet }));
    return user && { wallet, credits: user.credits.toString() };
  }
}

function prepareInfo(statements: Statements) {
  return statements
    .select()
    .from(users)
    .where(eq(users.walletAddress, sql.placeholder('wallet')))
    .prepare('user_info');
}

function prepareCredits(statements: Statements) {
  return statements
    .select({ credits: users.credits })
    .from(users)
    .where(eq(users.walletAddress, sql.placeholder('wallet')))
    .prepare('user_credits');
}
