import type { CatalogEntry, EntryRef } from '../catalog.js';
import { MAX_FREQUENCY } from '../l1/frequency.sketch.js';
import { Stored } from '../l1/stored.js';
import type { TagMark } from '../protocol/tombstones.js';
import type { L1Family } from './l1-family.js';

/** What a record holds: its value; or its encoded value; or a promise of its value, already resolved, that has it too. */
const VALUE = 0;
const TEXT = 1;
const PROMISE = 2;
type ValuePromise = Promise<unknown> & { readonly value: unknown };

/**
 * One value in this process's memory. Times are the process's monotonic clock, in whole ms: V8 keeps a fraction in an
 * object of its own. What all records of an entry have in common stands in their family.
 *
 * V8 lays fields out in this order, the family first: what a hit reads stands together, behind the notes, so that it is in one
 * or two lines of the processor's caches.
 */
export class L1Record extends Stored {
  freshUntil = 0;
  /** When the read that produced it was sent. A later read that finds the same fill moves it on. */
  askedAt = 0;
  /** The tombstones' epoch up to which nothing has invalidated it: no second look before the next one begins. */
  validIn = 0;
  /** From here on a hit refreshes in the background. */
  refreshAt = 0;
  private held: unknown = undefined;
  /** When the value was read from its source. */
  bornAt = 0;
  // Null first, so that V8 keeps a small number in place and boxes only the store's.
  private mark: number | null = null;
  marks: readonly TagMark[] = NO_MARKS;

  constructor(
    key: string,
    readonly family: L1Family,
  ) {
    super(key);
  }

  /** Whether it may be served without asking anybody, as far as time decides: within S, and fresh. */
  isUsable(now: number): boolean {
    return now - this.askedAt < this.family.stalenessMs && now < this.freshUntil;
  }

  /** min(q + S, end of fresh): no network before. */
  get usableUntil(): number {
    return Math.min(this.askedAt + this.family.stalenessMs, this.freshUntil);
  }

  get entry(): CatalogEntry<unknown> {
    return this.family.entry;
  }

  /** Tells one fill from another: in the store, or below 0 for one that only this process knows of. */
  get fillMark(): number {
    return this.mark ?? 0;
  }

  set fillMark(mark: number) {
    this.mark = mark;
  }

  /** The encoded value, where it was not decoded yet. */
  get text(): string | null {
    return this.form === TEXT ? (this.held as string) : null;
  }

  set text(text: string) {
    this.held = text;
    this.form = TEXT;
  }

  /** The frozen value, where it was decoded; undefined where absence is what is known. */
  get value(): unknown {
    if (this.form === VALUE) return this.held;
    return this.form === PROMISE ? (this.held as ValuePromise).value : undefined;
  }

  set value(value: unknown) {
    this.held = value;
    this.form = VALUE;
  }

  get absent(): boolean {
    return this.form !== TEXT && this.value === undefined;
  }

  /**
   * An already resolved promise of the value, where it is kept: for what is asked for most. For all others it would be
   * 60 bytes more, and one that is made anew takes no longer than one that has left the processor's caches.
   */
  get promise(): Promise<unknown> | null {
    return this.form === PROMISE ? (this.held as ValuePromise) : null;
  }

  /** @param promise of this value, already resolved */
  answeredBy(promise: Promise<unknown>, value: unknown): void {
    if (this.frequency < MAX_FREQUENCY) return;
    this.held = Object.assign(promise, { value });
    this.form = PROMISE;
  }

  /** End of fresh + grace. */
  get servableUntil(): number {
    return this.absent ? this.freshUntil : this.freshUntil + this.family.graceMs;
  }

  /** Whether it was kept under the tags and the namespace of this reference to its key. */
  isOf(ref: EntryRef<unknown>): boolean {
    return ref.namespace === undefined && ref.extraTags.length === 0;
  }
}

/** The same of a key with a namespace, or tags beyond its own, as few have. */
class ScopedRecord extends L1Record {
  private readonly namespace: string | undefined;
  private readonly extraTags: readonly string[];

  constructor({ key, namespace, extraTags }: EntryRef<unknown>, family: L1Family) {
    super(key, family);
    this.namespace = namespace;
    this.extraTags = extraTags;
  }

  override isOf({ namespace, extraTags }: EntryRef<unknown>): boolean {
    if (this.namespace !== namespace) return false;
    if (this.extraTags === extraTags) return true;
    return this.extraTags.length === extraTags.length && this.extraTags.every((tag, at) => tag === extraTags[at]);
  }
}

/** An empty record for this key. */
export function recordFor(ref: EntryRef<unknown>, family: L1Family): L1Record {
  const isScoped = ref.namespace !== undefined || ref.extraTags.length > 0;
  return isScoped ? new ScopedRecord(ref, family) : new L1Record(ref.key, family);
}

const NO_MARKS: readonly TagMark[] = [];
