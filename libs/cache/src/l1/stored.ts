import type { Queued } from './entry.queue.js';
import { hashKey, MAX_FREQUENCY } from './frequency.sketch.js';

/** In the window, not in main. */
const IN_WINDOW = 1;
/** Nobody was answered with it yet. */
const UNREAD = 2;
const FREQUENCY_SHIFT = 2;
const ONE_USE = 1 << FREQUENCY_SHIFT;
const FREQUENCY = MAX_FREQUENCY << FREQUENCY_SHIFT;
/** Used since a sweep last came by. */
const USED = 1 << 6;
const FORM_SHIFT = 7;
const FORM = 3 << FORM_SHIFT;
const AGE_SHIFT = 9;
/** Ages go round; what was not looked at for so many has no frequency left anyway. */
const AGES = 1 << 21;
/** What says nothing of how much it is used. */
const OTHER_NOTES = IN_WINDOW | UNREAD | FORM;

/**
 * What `L1Store` keeps: the store's own notes beside whatever a subclass holds, in one object. A node for each record
 * would be another place in memory for every hit to fetch, and 112 bytes more. The notes of a few bits share a number.
 */
export abstract class Stored implements Queued {
  private notes = IN_WINDOW | UNREAD;
  /** The store's count of touches at its last one. */
  touchedAt = 0;
  newer: this | null = null;
  older: this | null = null;
  bytes = 0;

  readonly hash: number;

  constructor(public key: string) {
    this.hash = hashKey(key);
  }

  get inWindow(): boolean {
    return (this.notes & IN_WINDOW) !== 0;
  }

  get isUnread(): boolean {
    return (this.notes & UNREAD) !== 0;
  }

  /** What a subclass notes of the form of what it holds, 0 to 3: it would need a field for it. */
  protected get form(): number {
    return (this.notes & FORM) >> FORM_SHIFT;
  }

  protected set form(form: number) {
    this.notes = (this.notes & ~FORM) | (form << FORM_SHIFT);
  }

  get isUsed(): boolean {
    return (this.notes & USED) !== 0;
  }

  /** How often it was used, of late, up to `MAX_FREQUENCY`; as of the age of its last `growOlder`. */
  get frequency(): number {
    return (this.notes & FREQUENCY) >> FREQUENCY_SHIFT;
  }

  /** Counts a use. @param mostUsed what `mostUsedIn` says of this age */
  use(mostUsed: number): void {
    // The hottest ones have nothing left to note, and are not written to.
    if ((this.notes | OTHER_NOTES) === mostUsed) return;
    if (this.notes >> AGE_SHIFT !== mostUsed >> AGE_SHIFT) this.growOlder(mostUsed >> AGE_SHIFT);
    if ((this.notes & FREQUENCY) !== FREQUENCY) this.notes += ONE_USE;
    this.notes |= USED;
  }

  /** Halves the frequency for each age that has passed since this was last done. */
  growOlder(age: number): void {
    const passed = (age - (this.notes >> AGE_SHIFT)) & (AGES - 1);
    this.note(this.frequency >> Math.min(passed, MAX_FREQUENCY), age);
  }

  /** Sets its frequency, as of this age. */
  note(frequency: number, age: number): void {
    const kept = this.notes & (OTHER_NOTES | USED);
    this.notes = kept | (frequency << FREQUENCY_SHIFT) | ((age & (AGES - 1)) << AGE_SHIFT);
  }

  /** Takes the place of another record of its key, and what is noted of it. */
  succeed(before: Stored): void {
    // The same text, but the map goes on holding the string that it was first given.
    this.key = before.key;
    const own = UNREAD | FORM;
    this.notes = (before.notes & ~own) | (this.notes & own);
    this.touchedAt = before.touchedAt;
  }

  /** Somebody was answered with it. */
  wasRead(): void {
    this.notes &= ~UNREAD;
  }

  /** A sweep came by. */
  spare(): void {
    this.notes &= ~USED;
  }

  leaveWindow(): void {
    this.notes &= ~(IN_WINDOW | USED);
  }
}

/** What is noted of one that was used as often as is counted, in this age. */
export function mostUsedIn(age: number): number {
  return ((age & (AGES - 1)) << AGE_SHIFT) | USED | FREQUENCY | OTHER_NOTES;
}
