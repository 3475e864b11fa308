import type { CatalogEntry, EntryRef } from '../catalog.js';
import type { Clock } from '../clock.js';
import type { OwnL1HitCount } from '../events.js';
import { freezeDeep } from '../encoding/json-value.js';
import { SharedStrings } from '../encoding/shared-strings.js';
import { L1Store } from '../l1/l1.store.js';
import { Tombstones, type TagMark } from '../protocol/tombstones.js';
import { FamilyTable } from './family.table.js';
import type { L1Life } from './l1-family.js';
import { L1Record, recordFor } from './l1-record.js';

export { L1Record };

/** When a value was asked for: everything that became invalid later concerns it. */
export interface Moment {
  /** Monotonic time before the read, or the lease, was sent: S counts from here. */
  readonly q: number;
  /** The tombstones' epoch at that time. */
  readonly since: number;
}

/** What a put knows of a value. */
export interface L1Value {
  readonly text: string;
  /** UTF-8 length of the text. */
  readonly bodyBytes: number;
  readonly value: unknown;
  readonly absent: boolean;
  readonly asked: Moment;
  readonly freshUntil: number;
  readonly refreshAt: number;
  readonly bornAt: number;
  /** Null: the store's is not known. */
  readonly fillMark: number | null;
}

/** What a record without a value is counted as. */
const ABSENT_BYTES = 16;
/** A tag's mark, its place in the table of marks, and the header of its name. */
const MARK_BYTES = 48 + 40 + 16;
const MARKS_BYTES = 48;
const WORD_BYTES = 8;

/** The first tier: records that are served only while S, fresh and the tombstones allow it. */
export class L1Tier {
  readonly tombstones = new Tombstones();
  readonly store: L1Store<L1Record>;
  private readonly families: FamilyTable;
  private readonly strings = new SharedStrings();
  private ownFills = 0;

  constructor(
    private readonly clock: Clock,
    maxBytes: number,
    lifeOf: (entry: CatalogEntry<unknown>) => L1Life,
    /** Where hits can be read off: one for each family. */
    counts: OwnL1HitCount[],
  ) {
    this.families = new FamilyTable(lifeOf, counts);
    this.store = new L1Store<L1Record>({
      maxBytes,
      onEvict: (record) => this.tombstones.release(record.marks),
    });
  }

  /** Now, as the moment at which a value is asked for. */
  moment(): Moment {
    return { q: this.clock.now(), since: this.tombstones.epoch };
  }

  /** The record of a key, whether or not it may be served; undefined also when it was stored under other tags or namespace. */
  find(ref: EntryRef<unknown>): L1Record | undefined {
    const record = this.store.get(ref.key);
    if (record === undefined || !record.isOf(ref)) return undefined;
    return record;
  }

  /** The record of a key, if it may be served at this time without asking anybody. */
  servable(ref: EntryRef<unknown>, now: number): L1Record | undefined {
    const record = this.find(ref);
    if (record === undefined || !record.isUsable(now) || !this.isValid(record)) return undefined;
    return record;
  }

  /** Whether no invalidation this process knows of concerns the record. */
  isValid(record: L1Record): boolean {
    const { epoch } = this.tombstones;
    if (record.validIn === epoch) return true;
    if (!this.tombstones.spares(record.validIn, record.marks)) return false;
    record.validIn = epoch;
    return true;
  }

  /** The frozen value; decoded at the first hit, because most of what is kept is never asked for again. */
  valueOf(record: L1Record): unknown {
    const { text } = record;
    if (text !== null) this.decode(record, text);
    return record.value;
  }

  /** The same as an already resolved promise. */
  answerOf(record: L1Record): Promise<unknown> {
    const kept = record.promise;
    if (kept !== null) return kept;
    const value = this.valueOf(record);
    const promise = Promise.resolve(value);
    record.answeredBy(promise, value);
    return promise;
  }

  private decode(record: L1Record, text: string): void {
    const value: unknown = JSON.parse(text);
    const sizeBytes = freezeDeep(value, this.strings);
    record.value = value;
    this.store.resize(record, sizeBytes + ownMarksBytes(record.marks));
  }

  /** Keeps a value, unless S is 0. It must not have been invalidated since it was asked for: see `Flight.isSpared`. */
  put(ref: EntryRef<unknown>, value: L1Value): void {
    const family = this.families.of(ref.entry);
    if (family.stalenessMs <= 0) return;
    // A key that is still here was asked for before: it will be hit again, and decoding it then would be a second time.
    const keepDecoded = value.absent || this.store.peek(ref.key) !== undefined;
    const record = recordFor(ref, family);
    record.refreshAt = Math.floor(value.refreshAt);
    record.bornAt = Math.floor(value.bornAt);
    record.freshUntil = Math.floor(value.freshUntil);
    record.askedAt = Math.floor(value.asked.q);
    record.validIn = this.tombstones.epoch;
    record.fillMark = value.fillMark ?? (this.ownFills -= 1);
    if (keepDecoded) record.value = value.value;
    else record.text = value.text;
    record.marks = this.tombstones.hold(ref.tags, family.marks);
    family.marks = record.marks;
    const sizeBytes = value.absent ? ABSENT_BYTES : keepDecoded ? freezeDeep(value.value) : textBytes(value);
    if (!this.store.set(record, sizeBytes + ownMarksBytes(record.marks))) this.tombstones.release(record.marks);
  }

  /** A later read found the very same fill in the store: the record is as new as that read. */
  renew(record: L1Record, asked: Moment): void {
    const askedAt = Math.floor(asked.q);
    if (askedAt <= record.askedAt) return;
    record.askedAt = askedAt;
    record.validIn = Math.max(record.validIn, asked.since);
  }

  /**
   * From now on nothing that was asked for before is served for these tags and keys.
   * @returns how many records and loads it concerned
   */
  invalidate(tags: readonly string[], keys: readonly string[]): number {
    let concerned = this.tombstones.bury([...tags, ...keys.map(keyMark)]);
    for (const key of keys) if (this.store.delete(key) !== undefined) concerned += 1;
    return concerned;
  }

  /** From now on nothing that was asked for before is served at all. */
  flush(): void {
    this.tombstones.flush();
    this.store.clear();
  }
}

/** The name under which a load in flight holds the mark of its own key; no tag can look like it. */
export function keyMark(key: string): string {
  return `\0${key}`;
}

/** Of the marks that no other record shares, and of the list of them, which others share where they share all. */
function ownMarksBytes(marks: readonly TagMark[]): number {
  let bytes = 0;
  for (const { tag, holders } of marks) if (holders === 1) bytes += MARK_BYTES + tag.length;
  return bytes === 0 ? 0 : bytes + MARKS_BYTES + marks.length * WORD_BYTES;
}

/** V8 keeps a string of Latin-1 characters in one byte each; anything else in two. */
function textBytes(value: L1Value): number {
  return value.bodyBytes === value.text.length ? value.text.length : value.text.length * 2;
}
