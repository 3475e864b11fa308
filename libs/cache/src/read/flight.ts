import type { EntryPolicy, EntryRef } from '../catalog.js';
import type { Tier } from '../events.js';
import { keyMark, type Moment } from './l1-tier.js';
import type { Address, Snapshot } from '../store/store.port.js';
import type { TagMark, Tombstones } from '../protocol/tombstones.js';

/** What a caller gets to know. Values are deep-frozen. */
export interface Answer {
  readonly value: unknown;
  readonly tier: Tier;
  readonly ageMs: number;
  /** What is left of fresh; 0 for a stale or uncached value. */
  readonly freshForMs: number;
}

/** Somebody who waits for a flight. Told once, in the very turn in which it is settled; must not throw. */
export interface Waiter {
  answered(answer: Answer): void;
  failed(error: unknown): void;
}

/** An expired value, not known to be invalid, that may be served while the source is slow or failing. */
export interface StaleCandidate {
  readonly value: unknown;
  readonly bornAt: number;
  /** When the read that found it was sent. */
  readonly asked: Moment;
}

/** One key on its way through L2 and the loader, with everybody who waits for it. Settled once; later calls change nothing. */
export class Flight implements Address {
  readonly key: string;
  readonly tags: readonly string[];
  /** What the last look into L2 saw, until it has been judged. */
  snapshot: Snapshot | null = null;
  settled = false;
  isOver = false;
  loadFailed = false;
  answer: Answer | null = null;
  error: unknown = undefined;
  stale: StaleCandidate | null = null;
  /** The marks of its tags and its key, from before a load begins until the flight is over. */
  private held: readonly TagMark[] | null = null;
  private keyMark: string | null = null;
  /** Most have one. */
  private waiter: Waiter | null = null;
  private others: Waiter[] | null = null;

  constructor(
    readonly ref: EntryRef<unknown>,
    readonly policy: EntryPolicy,
    private readonly tombstones: Tombstones,
    /** When the request that produces the value was sent. */
    public asked: Moment,
    /** The caller's own fresh life, ms. */
    readonly ttlMs: number | undefined,
  ) {
    this.key = ref.key;
    this.tags = ref.tags;
  }

  /** Adds somebody who waits; only before it is settled. */
  wait(waiter: Waiter): void {
    if (this.waiter === null) this.waiter = waiter;
    else (this.others ??= []).push(waiter);
  }

  /** Whether nothing this process knows of has invalidated what was asked for at that moment. Default: what the flight brings. */
  isSpared(asked: Moment = this.asked): boolean {
    const { tombstones, held } = this;
    if (asked.since === tombstones.epoch) return true;
    if (held !== null) return tombstones.spares(asked.since, held);
    return tombstones.sparesNames(asked.since, this.tags, this.ownMark());
  }

  /**
   * Before a load, which may take longer than invalidations are remembered without being asked to: from here on each one
   * that concerns the flight is noted. What was found before and has been invalidated since is let go.
   */
  hold(): void {
    if (this.held !== null) return;
    if (this.stale !== null) {
      const { q } = this.stale.asked;
      const since = this.tombstones.epoch;
      this.stale = this.isSpared(this.stale.asked) ? { ...this.stale, asked: { q, since } } : null;
    }
    this.held = this.tombstones.hold([...this.tags, this.ownMark()]);
  }

  private ownMark(): string {
    return (this.keyMark ??= keyMark(this.key));
  }

  /** The flight is over: it holds nothing any more, and nobody. */
  end(): void {
    if (this.held !== null) this.tombstones.release(this.held);
    this.isOver = true;
    this.held = null;
    this.answer = null;
    this.error = undefined;
    this.stale = null;
    this.waiter = null;
    this.others = null;
  }

  settle(answer: Answer): void {
    if (this.settled) return;
    this.settled = true;
    this.answer = answer;
    this.waiter?.answered(answer);
    if (this.others !== null) for (const waiter of this.others) waiter.answered(answer);
  }

  fail(error: unknown): void {
    if (this.settled) return;
    this.settled = true;
    this.error = error;
    this.waiter?.failed(error);
    if (this.others !== null) for (const waiter of this.others) waiter.failed(error);
  }
}
