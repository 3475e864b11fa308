import type { Queued } from './entry.queue.js';
import { MAX_FREQUENCY } from './frequency.sketch.js';

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
/** The shadow knows of it. */
const FOLLOWED = 1 << 9;
const TURN_SHIFT = 10;
/** Turns go round: what was last touched exactly so many ago passes for touched, until the next one. */
const TURNS = 1 << 8;
const TURN = (TURNS - 1) << TURN_SHIFT;
const AGE_SHIFT = 18;
/**
 * Ages go round, and what nobody looked at for so many, each of them four insertions for each entry held, seems as used as it
 * was then. That makes 30 bits: above 31, V8 would keep the notes in an object of their own.
 */
const AGES = 1 << 12;
/** What says nothing of how much it is used. */
const OTHER_NOTES = IN_WINDOW | UNREAD | FORM | FOLLOWED | TURN;

/**
 * What `L1Store` keeps: the store's own notes beside whatever a subclass holds, in one object. A node for each record
 * would be another place in memory for every hit to fetch, and 112 bytes more. The notes of a few bits share a number; the
 * hash of the key is taken anew where it is needed, which is not at a hit.
 *
 * V8 lays fields out in this order, the key first, and a subclass's behind them: what no hit looks at stands in front, and
 * the notes beside what a subclass has first.
 */
export abstract class Stored implements Queued {
  newer: this | null = null;
  older: this | null = null;
  bytes = 0;
  private notes = IN_WINDOW | UNREAD;

  constructor(public key: string) {}

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

  /** Whether the shadow knows of it: of one key in four. */
  get isFollowed(): boolean {
    return (this.notes & FOLLOWED) !== 0;
  }

  follow(): void {
    this.notes |= FOLLOWED;
  }

  /** Whether its last touch that counted was in this turn. */
  wasTouchedIn(turn: number): boolean {
    return (this.notes & TURN) === ((turn << TURN_SHIFT) & TURN);
  }

  touchIn(turn: number): void {
    this.notes = (this.notes & ~TURN) | ((turn << TURN_SHIFT) & TURN);
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
