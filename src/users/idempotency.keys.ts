import { createHash } from 'node:crypto';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { and, eq, lt, sql } from 'drizzle-orm';
import { idempotencyKeys } from '../database/database.tables.js';
import { Database, type Statements } from '../database/database.js';

/** A request that its sender may repeat. */
export interface RepeatableRequest {
  /** Who sent it. */
  readonly client: string;
  /** What its sender called it. */
  readonly key: string;
  /** Everything that makes it this request and no other. */
  readonly content: readonly string[];
}

export type Claim<Answer> =
  /** Nobody sent it before: do the work, and keep the answer within the same transaction. */
  | { readonly kind: 'new' }
  | { readonly kind: 'answered'; readonly answer: Answer }
  /** The same key was used for something else. */
  | { readonly kind: 'reused' };

/** How long an answer is kept. */
const KEPT = sql`interval '24 hours'`;
const CLEAN_EVERY_MS = 3_600_000;

/**
 * Makes a request take effect once, however often it is sent (the IETF's Idempotency-Key draft). Claim, work and answer
 * are one transaction: of two that arrive at once the second waits for the first and gets its answer, and if the first
 * comes to nothing, the second is the first.
 */
@Injectable()
export class IdempotencyKeys implements OnModuleInit, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly database: Database) {}

  async claim<Answer>(statements: Statements, request: RepeatableRequest): Promise<Claim<Answer>> {
    const { client, key } = request;
    const fingerprint = fingerprintOf(request);
    const { createdAt } = idempotencyKeys;
    const claimed = await statements
      .insert(idempotencyKeys)
      .values({ client, key, fingerprint })
      .onConflictDoUpdate({
        target: [idempotencyKeys.client, idempotencyKeys.key],
        set: { fingerprint, answer: null, createdAt: sql`now()` },
        setWhere: lt(createdAt, sql`now() - ${KEPT}`),
      })
      .returning({ key: idempotencyKeys.key });
    if (claimed.length > 0) return { kind: 'new' };
    const [earlier] = await statements.select().from(idempotencyKeys).where(named(request));
    if (earlier?.fingerprint !== fingerprint) return { kind: 'reused' };
    return { kind: 'answered', answer: earlier.answer as Answer };
  }

  async keep(statements: Statements, request: RepeatableRequest, answer: unknown): Promise<void> {
    await statements.update(idempotencyKeys).set({ answer }).where(named(request));
  }

  /** Forgets a claim: nothing was done, and the same request may come to something later. */
  async release(statements: Statements, request: RepeatableRequest): Promise<void> {
    await statements.delete(idempotencyKeys).where(named(request));
  }

  /** Removes what has been kept long enough. */
  async clean(): Promise<void> {
    await this.database.read((statements) =>
      statements.delete(idempotencyKeys).where(lt(idempotencyKeys.createdAt, sql`now() - ${KEPT}`)),
    );
  }

  onModuleInit(): void {
    // An hour that is missed is made up for by the next one.
    this.timer = setInterval(() => void this.clean().catch(() => undefined), CLEAN_EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }
}

function named({ client, key }: RepeatableRequest) {
  return and(eq(idempotencyKeys.client, client), eq(idempotencyKeys.key, key));
}

function fingerprintOf({ content }: RepeatableRequest): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}
