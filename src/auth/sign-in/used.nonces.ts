import { Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { UserLoggedIn } from '../../catalog/events/user-logged-in.event.js';
import { usedNonces } from '../../database/database.tables.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import type { SignInPayload } from './sign-in.payload.js';

/** Beyond its expiry a nonce is refused anyway; the clocks of instances may differ by far less than this. */
const KEPT_AFTER_EXPIRY = sql.raw(`interval '10 minutes'`);

/** Nonces that were signed in with: each takes effect once, whichever instance it comes to. */
@Injectable()
export class UsedNonces {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /**
   * Uses a nonce up, and tells that its wallet has signed in.
   * @param wallet in key form
   * @returns false when it had been used before @throws SourceError
   */
  use(payload: SignInPayload, wallet: string): Promise<boolean> {
    const { nonce, expiration_time } = payload;
    return this.unitOfWork.run(
      async (statements) => {
        const { rowCount } = await statements.execute(sql`
          WITH expired AS (
            DELETE FROM ${usedNonces} WHERE ${usedNonces.expiresAt} < now() - ${KEPT_AFTER_EXPIRY}
          )
          INSERT INTO ${usedNonces} (nonce, expires_at) VALUES (${nonce}, ${expiration_time}::timestamptz)
          ON CONFLICT DO NOTHING`);
        return rowCount === 1;
      },
      { apply: 'behind', events: (first) => (first ? [new UserLoggedIn(wallet)] : []) },
    );
  }
}
