import type { EntryPolicy, EntryRef } from './catalog.js';
import type { Tier } from './events.js';
import type { Moment } from './l1-tier.js';
import type { Address } from './store/store.port.js';
import type { TagMark } from './tombstones.js';

/** What a caller gets to know. Values are deep-frozen. */
export interface Answer {
  readonly value: unknown;
  readonly tier: Tier;
  readonly ageMs: number;
  /** What is left of fresh; 0 for a stale or uncached value. */
  readonly freshForMs: number;
}

/** An expired value, not known to be invalid, that may be served while the source is slow or failing. */
export interface StaleCandidate {
  readonly value: unknown;
  readonly bornAt: number;
  /** When the read that found it was sent. */
  readonly asked: Moment;
}

/** One key on its way through L2 and the loader, with everybody who waits for it. Settled once; later calls change nothing. */
export class Flight {
  readonly promise: Promise<Answer>;
  settled = false;
  loadFailed = false;
  stale: StaleCandidate | null = null;
  private resolve!: (answer: Answer) => void;
  private reject!: (error: unknown) => void;

  constructor(
    readonly ref: EntryRef<unknown>,
    readonly address: Address,
    readonly policy: EntryPolicy,
    /** The marks of its tags and its key, held from before anything is asked until the flight is over. */
    readonly held: readonly TagMark[],
    /** When the request that produces the value was sent. */
    public asked: Moment,
    /** The caller's own fresh life, ms. */
    readonly ttlMs: number | undefined,
  ) {
    this.promise = new Promise<Answer>((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // A background refresh has no caller: its failure is an event, not an unhandled rejection.
    this.promise.catch(() => {});
  }

  settle(answer: Answer): void {
    this.settled = true;
    this.resolve(answer);
  }

  fail(error: unknown): void {
    this.settled = true;
    this.reject(error);
  }
}
