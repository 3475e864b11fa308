import { Injectable } from '@nestjs/common';
import { and, eq, type SQL, sql } from 'drizzle-orm';
import { CreditsChanged } from '../catalog/events/credits-changed.event.js';
import { settle } from '../catalog/events/domain.event.js';
import { users } from '../database/database.tables.js';
import type { Statements } from '../database/database.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { IdempotencyKeys, type RepeatableRequest } from './idempotency.keys.js';

export interface CreditsOrder {
  readonly operation: 'add' | 'deduct';
  /** In key form. */
  readonly wallet: string;
  /** Above 0. */
  readonly amount: bigint;
  /** Who orders it. */
  readonly client: string;
  readonly idempotencyKey: string;
}

/** What an order came to. */
export type CreditsOutcome =
  | { readonly kind: 'changed'; readonly credits: string }
  /** Fewer credits than are to be deducted, or no room for those to be added: nothing changed. */
  | { readonly kind: 'refused'; readonly credits: string }
  | { readonly kind: 'unknown-user' }
  /** The idempotency key stands for another order. */
  | { readonly kind: 'key-reused' };

export interface CreditsReply {
  readonly outcome: CreditsOutcome;
  /** The order had been carried out before; this is what was answered then. */
  readonly replayed: boolean;
}

const MAX_CREDITS = sql`9223372036854775807`;

/** Adds and deducts whole credits: never below zero, and each order once. */
@Injectable()
export class CreditsLedger {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly keys: IdempotencyKeys,
  ) {}

  /** @throws SourceError, and then it may be unknown whether it was done: repeat it with the same key */
  change(order: CreditsOrder): Promise<CreditsReply> {
    const { operation, wallet, amount, client, idempotencyKey } = order;
    const request = { client, key: idempotencyKey, content: [operation, wallet, amount.toString()] };
    return this.unitOfWork.run((statements) => this.once(statements, request, order), {
      apply: 'through',
      turn: `credits:${wallet}`,
      events: ({ outcome, replayed }) =>
        outcome.kind === 'changed' && !replayed ? [settle(new CreditsChanged(wallet))] : [],
    });
  }

  private async once(statements: Statements, request: RepeatableRequest, order: CreditsOrder): Promise<CreditsReply> {
    const claim = await this.keys.claim<CreditsOutcome>(statements, request);
    if (claim.kind === 'answered') return { outcome: claim.answer, replayed: true };
    if (claim.kind === 'reused') return { outcome: { kind: 'key-reused' }, replayed: false };
    const outcome = await carryOut(statements, order);
    if (outcome.kind === 'unknown-user') await this.keys.release(statements, request);
    else await this.keys.keep(statements, request, outcome);
    return { outcome, replayed: false };
  }
}

/** Condition and change are one statement: it waits for whoever changes the same user, and sees what they left. */
async function carryOut(statements: Statements, { operation, wallet, amount }: CreditsOrder): Promise<CreditsOutcome> {
  const [credits, possible]: [SQL, SQL] =
    operation === 'add'
      ? [sql`${users.credits} + ${amount}`, sql`${users.credits} <= ${MAX_CREDITS} - ${amount}::bigint`]
      : [sql`${users.credits} - ${amount}`, sql`${users.credits} >= ${amount}`];
  const [changed] = await statements
    .update(users)
    .set({ credits })
    .where(and(eq(users.walletAddress, wallet), possible))
    .returning({ credits: users.credits });
  if (changed) return { kind: 'changed', credits: changed.credits.toString() };
  const [user] = await statements.select({ credits: users.credits }).from(users).where(eq(users.walletAddress, wallet));
  return user ? { kind: 'refused', credits: user.credits.toString() } : { kind: 'unknown-user' };
}
