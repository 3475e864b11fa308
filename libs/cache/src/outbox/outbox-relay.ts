import type { CancelTimer, Clock } from '../clock.js';
import { ALL } from '../keys/tags.js';
import type { CacheEvents } from '../events.js';
import type { LocalInvalidation } from '../local-invalidation.js';
import type { L2Tier } from '../read/l2-tier.js';
import type { Outbox, OutboxRow } from './outbox.port.js';
import type { InvalidationMessage } from '../store/store.port.js';

/** How often the outbox is looked at. */
const PASS_EVERY_MS = 250;
const BATCH = 500;
/** A row older than this says that the store has been missing invalidations: it is not believed until a pass finds none. */
const DOUBT_AFTER_MS = 1_000;

/**
 * Applies what waits in the outbox, at least once, on every instance. After each return of the store it decides when
 * the store may be believed again: not before a pass has found nothing pending.
 */
export class OutboxRelay {
  private cancel: CancelTimer | null = null;
  private pass: Promise<void> | null = null;
  private nextPass: Promise<void> | null = null;
  private stopped = false;
  /** Another server answers: it may lack what was applied to the one before, or (`returned`) whatever happened meanwhile. */
  private recovering: 'new' | 'returned' | null = null;

  constructor(
    private readonly outbox: Outbox,
    private readonly local: LocalInvalidation,
    private readonly l2: L2Tier,
    private readonly events: CacheEvents,
    private readonly clock: Clock,
  ) {
    l2.onReturn = () => void this.runPass();
    l2.onIdentityChange = (change) => {
      this.recoverFrom(change);
      void this.runPass();
    };
  }

  async start(): Promise<void> {
    this.schedule();
    await this.runPass();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.cancel?.();
    await this.pass;
  }

  /** One look at the outbox that begins after the call: a pass under way may have looked too early, so the next is shared. */
  runPass(): Promise<void> {
    if (this.pass === null) {
      this.pass = this.drain().finally(() => {
        this.pass = null;
      });
      return this.pass;
    }
    this.nextPass ??= this.pass.then(() => {
      this.nextPass = null;
      return this.stopped ? undefined : this.runPass();
    });
    return this.nextPass;
  }

  private schedule(): void {
    if (this.stopped) return;
    this.cancel = this.clock.setTimer(() => {
      void this.runPass().then(() => this.schedule());
    }, PASS_EVERY_MS);
  }

  private async drain(): Promise<void> {
    try {
      for (;;) {
        if (!(await this.l2.recognize())) return;
        const { doubts } = this.l2;
        if (!(await this.recover())) return;
        const rows = await this.outbox.pending(BATCH);
        if (rows.length === 0) {
          this.l2.believe(doubts);
          return;
        }
        if (rows.some((row) => row.ageMs > DOUBT_AFTER_MS)) this.l2.doubt();
        if (!(await this.apply(rows))) return;
        // Nobody told this process of them: each instance hears of what the others apply, not of what its own relay does.
        for (const { message } of rows) this.local.tell(message, 'the outbox');
        await this.outbox.markApplied(rows.map((row) => row.id));
      }
    } catch (error) {
      // The outbox itself cannot be read: nothing is known to be lost, but nothing is known to be applied either.
      this.l2.doubt();
      this.events.storeFault('outbox', error);
    }
  }

  private async apply(rows: readonly OutboxRow[]): Promise<boolean> {
    for (const message of merge(rows)) {
      this.local.strike(message);
      if (!this.l2.attached) continue;
      if ((await this.l2.invalidate(message)) === null) return false;
      this.local.strike(message);
    }
    return true;
  }

  /** What was acknowledged by a primary that is gone may never have reached this one. @returns whether it has now */
  private async recover(): Promise<boolean> {
    const change = this.recovering;
    if (change === null) return true;
    this.recovering = null;
    let recovered = false;
    try {
      recovered = (change === 'new' || (await this.invalidateAll())) && (await this.applyRecent());
    } finally {
      if (!recovered) this.recoverFrom(change);
    }
    return recovered;
  }

  /** Others invalidated too, and what waits in an outbox of theirs is not known here. */
  private async invalidateAll(): Promise<boolean> {
    return (await this.l2.invalidate({ tags: [ALL], keys: [] })) !== null;
  }

  private async applyRecent(): Promise<boolean> {
    const rows = await this.outbox.recent();
    for (let from = 0; from < rows.length; from += BATCH) {
      if (!(await this.apply(rows.slice(from, from + BATCH)))) return false;
    }
    return true;
  }

  private recoverFrom(change: 'new' | 'returned'): void {
    if (this.recovering !== 'returned') this.recovering = change;
  }
}

/** Rows without a demanded height become one message: a thousand rows cost one round trip. */
function merge(rows: readonly OutboxRow[]): InvalidationMessage[] {
  const plain = rows.filter((row) => row.message.minHeight === undefined).map((row) => row.message);
  const demanding = rows.filter((row) => row.message.minHeight !== undefined).map((row) => row.message);
  if (plain.length === 0) return demanding;
  const tags = [...new Set(plain.flatMap((message) => message.tags))];
  const keys = [...new Set(plain.flatMap((message) => message.keys))];
  return [{ tags, keys }, ...demanding];
}
