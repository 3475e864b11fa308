import type { CatalogEntry } from '../catalog.js';
import type { L1HitCount } from '../events.js';
import type { TagMark } from '../protocol/tombstones.js';
import { UseSampling } from './use.sampling.js';

/** What the first tier has to know of an entry's life. */
export interface L1Life {
  /** S, ms; Infinity where there is no second tier. */
  readonly stalenessMs: number;
  readonly graceMs: number;
}

/** Up to so many hits in a period (10 000 a second) each one is told; beyond, some are, at random, for all of them. */
const HITS_TOLD = 50_000;
const PERIOD_MS = 5_000;
/** One hit in this many is timed: a clock read costs a fifth of the hit. */
export const TIMED_SHARE = 64;

/** What all records of an entry have in common, and where their hits are counted: each hit comes by here anyway. */
export class L1Family implements L1HitCount {
  hits = 0;
  /** The count from which a hit is looked at more closely: to be told, or timed. */
  lookAt = 0;
  /** The marks of the last record: those of the next are the same ones, where all keys have the same tags. */
  marks: readonly TagMark[] = [];
  readonly name: string;
  readonly stalenessMs: number;
  readonly graceMs: number;
  private readonly sampling = new UseSampling(HITS_TOLD);
  private tellAt = 1;
  private timeAt = TIMED_SHARE;
  private periodEndsAt = 0;

  constructor(
    readonly entry: CatalogEntry<unknown>,
    { stalenessMs, graceMs }: L1Life,
  ) {
    this.name = entry.name;
    this.stalenessMs = stalenessMs;
    this.graceMs = graceMs;
  }

  /** Whether the present hit is timed. */
  isTimed(): boolean {
    if (this.hits < this.timeAt) return false;
    this.timeAt = this.hits + TIMED_SHARE;
    return true;
  }

  /** For how many hits the present one stands, when it is told; 0: it is not. */
  weigh(now: number): number {
    if (this.hits < this.tellAt) return 0;
    if (now >= this.periodEndsAt) {
      this.periodEndsAt = now + PERIOD_MS;
      this.sampling.nextPeriod();
    }
    const weight = this.sampling.take();
    this.tellAt = this.hits + this.sampling.skip + 1;
    return weight;
  }

  /** The present hit was looked at. */
  looked(): void {
    this.lookAt = Math.min(this.tellAt, this.timeAt);
  }
}
