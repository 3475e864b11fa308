import { Injectable } from '@nestjs/common';
import { eq } from 'drizzle-orm';
import { settle } from '../catalog/events/domain.event.js';
import { UserUpdated } from '../catalog/events/user-updated.event.js';
import type { UserInfo } from '../catalog/user.entries.js';
import { users } from '../database/database.tables.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { userInfoOf } from './user.record.js';
import type { UserChanges } from './users.schemas.js';

export interface Registered {
  readonly user: UserInfo;
  /** False: there was one already, and it is unchanged. */
  readonly created: boolean;
}

/** Writes users; their credits are the ledger's. Wallets are in key form. */
@Injectable()
export class UsersService {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Registering twice is registering once. @throws SourceError */
  register(wallet: string): Promise<Registered> {
    return this.unitOfWork.run(
      async (statements) => {
        const [created] = await statements
          .insert(users)
          .values({ walletAddress: wallet })
          .onConflictDoNothing()
          .returning();
        if (created) return { user: userInfoOf(created), created: true };
        const [existing] = await statements.select().from(users).where(eq(users.walletAddress, wallet));
        return { user: userInfoOf(existing!), created: false };
      },
      { apply: 'through', events: ({ created }) => (created ? [settle(new UserUpdated(wallet))] : []) },
    );
  }

  /** @returns undefined where there is no such user @throws SourceError */
  update(wallet: string, changes: UserChanges): Promise<UserInfo | undefined> {
    return this.unitOfWork.run(
      async (statements) => {
        const [user] = await statements
          .update(users)
          .set({ displayName: changes.display_name })
          .where(eq(users.walletAddress, wallet))
          .returning();
        return user && userInfoOf(user);
      },
      { apply: 'through', events: (user) => (user ? [settle(new UserUpdated(wallet))] : []) },
    );
  }
}
