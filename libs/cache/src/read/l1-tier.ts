import type { CatalogEntry, EntryRef } from '../catalog.js';
import type { Clock } from '../clock.js';
import { decodeJson, freezeDeep } from '../encoding/json-value.js';
import { L1Store } from '../l1/l1.store.js';
import { Tombstones, type TagMark } from '../protocol/tombstones.js';

/** When a value was asked for: everything that became invalid later concerns it. */
export interface Moment {
  /** Monotonic time before the read, or the lease, was sent: S counts from here. */
  readonly q: number;
  /** The tombstones' epoch at that time. */
  readonly since: number;
}

/** One value in this process's memory. Times are the process's monotonic clock. */
export interface L1Record {
  readonly key: string;
  readonly entry: CatalogEntry<unknown>;
  readonly namespace: string | undefined;
  readonly extraTags: readonly string[];
  readonly marks: readonly TagMark[];
  /** The encoded value until the first hit; then null, and `answer` holds the decoded, frozen one. */
  text: string | null;
  answer: Promise<unknown> | null;
  value: unknown;
  readonly absent: boolean;
  /** When the read that produced it was sent, a moment in two numbers. A later read that finds the same fill moves it on. */
  askedAt: number;
  askedSince: number;
  /** min(q + S, end of fresh): no network before. */
  usableUntil: number;
  freshUntil: number;
  /** End of fresh + grace. */
  servableUntil: number;
  /** From here on a hit refreshes in the background. */
  refreshAt: number;
  /** When the value was read from its source. */
  readonly bornAt: number;
  /** Tells one fill from another: in the store, or below 0 for one that only this process knows of. */
  readonly fillMark: number;
  /** The tombstones' epoch in which it was last found valid: no second look before the next one begins. */
  checkedAt: number;
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
  readonly servableUntil: number;
  readonly refreshAt: number;
  readonly bornAt: number;
  /** Null: the store's is not known. */
  readonly fillMark: number | null;
}

/** What a record without a value is counted as. */
const ABSENT_BYTES = 16;

/** The first tier: records that are served only while S, fresh and the tombstones allow it. */
export class L1Tier {
  readonly tombstones = new Tombstones();
  readonly store: L1Store<L1Record>;
  private ownFills = 0;

  constructor(
    private readonly clock: Clock,
    maxBytes: number,
    /** S of an entry, ms; Infinity where there is no second tier. */
    private readonly stalenessOf: (entry: CatalogEntry<unknown>) => number,
  ) {
    this.store = new L1Store<L1Record>({
      maxBytes,
      onEvict: (_key, record) => this.tombstones.release(record.marks),
    });
  }

  /** Now, as the moment at which a value is asked for. */
  moment(): Moment {
    return { q: this.clock.now(), since: this.tombstones.epoch };
  }

  /** The record of a key, whether or not it may be served; undefined also when it was stored under other tags or namespace. */
  find(ref: EntryRef<unknown>): L1Record | undefined {
    const record = this.store.get(ref.key);
    if (record === undefined || !sameTags(record, ref)) return undefined;
    return record;
  }

  /** The record of a key, if it may be served at this time without asking anybody. */
  servable(ref: EntryRef<unknown>, now: number): L1Record | undefined {
    const record = this.find(ref);
    if (record === undefined || now >= record.usableUntil || !this.isValid(record)) return undefined;
    return record;
  }

  /** Whether no invalidation this process knows of concerns the record. */
  isValid(record: L1Record): boolean {
    if (record.checkedAt === this.tombstones.epoch) return true;
    if (!this.tombstones.spares(record.askedSince, record.marks)) return false;
    record.checkedAt = this.tombstones.epoch;
    return true;
  }

  /** The frozen value; decoded at the first hit, because most of what is kept is never asked for again. */
  valueOf(record: L1Record): unknown {
    if (record.text !== null) {
      record.value = decodeJson(record.text);
      record.text = null;
      this.store.resize(record.key, freezeDeep(record.value));
    }
    return record.value;
  }

  /** The same as an already resolved promise, made once a record. */
  answerOf(record: L1Record): Promise<unknown> {
    return (record.answer ??= Promise.resolve(this.valueOf(record)));
  }

  /** Keeps a value, unless S is 0. It must not have been invalidated since it was asked for: see `Flight.isSpared`. */
  put(ref: EntryRef<unknown>, value: L1Value): void {
    const stalenessMs = this.stalenessOf(ref.entry);
    if (stalenessMs <= 0) return;
    // A key that is still here was asked for before: it will be hit again, and decoding it then would be a second time.
    const keepDecoded = this.store.peek(ref.key) !== undefined;
    // What a hit looks at stands first. Whole milliseconds: V8 keeps a fraction in an object of its own.
    const freshUntil = Math.floor(value.freshUntil);
    const record: L1Record = {
      usableUntil: Math.floor(Math.min(value.asked.q + stalenessMs, freshUntil)),
      checkedAt: this.tombstones.epoch,
      refreshAt: Math.floor(value.refreshAt),
      answer: null,
      entry: ref.entry,
      key: ref.key,
      bornAt: Math.floor(value.bornAt),
      namespace: ref.namespace,
      extraTags: ref.extraTags,
      text: keepDecoded || value.absent ? null : value.text,
      value: keepDecoded ? value.value : undefined,
      absent: value.absent,
      marks: this.tombstones.hold(ref.tags),
      askedAt: Math.floor(value.asked.q),
      askedSince: value.asked.since,
      freshUntil,
      servableUntil: Math.floor(value.servableUntil),
      fillMark: value.fillMark ?? (this.ownFills -= 1),
    };
    const sizeBytes = value.absent ? ABSENT_BYTES : keepDecoded ? freezeDeep(value.value) : textBytes(value);
    if (!this.store.set(ref.key, record, sizeBytes)) this.tombstones.release(record.marks);
  }

  /** A later read found the very same fill in the store: the record is as new as that read. */
  renew(record: L1Record, asked: Moment): void {
    const askedAt = Math.floor(asked.q);
    if (askedAt <= record.askedAt) return;
    record.askedAt = askedAt;
    record.askedSince = asked.since;
    record.usableUntil = Math.min(Math.floor(askedAt + this.stalenessOf(record.entry)), record.freshUntil);
  }

  /**
   * From now on nothing that was asked for before is served for these tags and keys.
   * @returns how many records and reads in flight it concerned
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

/** The name under which a read or load in flight holds the mark of its own key; no tag can look like it. */
export function keyMark(key: string): string {
  return `\0${key}`;
}

function sameTags(record: L1Record, ref: EntryRef<unknown>): boolean {
  if (record.namespace !== ref.namespace) return false;
  if (record.extraTags === ref.extraTags) return true;
  return (
    record.extraTags.length === ref.extraTags.length && record.extraTags.every((tag, at) => tag === ref.extraTags[at])
  );
}

/** V8 keeps a string of Latin-1 characters in one byte each; anything else in two. */
function textBytes(value: L1Value): number {
  return value.bodyBytes === value.text.length ? value.text.length : value.text.length * 2;
}
