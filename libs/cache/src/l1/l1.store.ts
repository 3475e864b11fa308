import { CacheError } from '../errors.js';
import { EntryQueue } from './entry.queue.js';
import { FrequencySketch, MAX_FREQUENCY } from './frequency.sketch.js';
import { LruShadow, SAMPLE } from './lru.shadow.js';
import { mostUsedIn, type Stored } from './stored.js';

export interface L1StoreOptions<R extends Stored> {
  /** Bytes that keys, records and the container's own overhead may hold together. */
  readonly maxBytes: number;
  /**
   * Told of each record that was kept and no longer is, exactly once: evicted, replaced, deleted or cleared. It is called
   * while the store changes: it must neither throw nor call the store.
   */
  readonly onEvict?: (record: R) => void;
}

/**
 * Heap bytes of an entry beside its key and what its record holds: 195 to 236 were measured, as the tables double (npm run
 * check:value-size). Record 152, table of records 28 to 56, sketch 8 to 16, shadow 6 to 12.
 */
export const ENTRY_OVERHEAD_BYTES = 208;
const STRING_HEADER_BYTES = 16;

/** A record above this share of the whole would push out too much: it is not kept. */
const LARGEST_SHARE = 1 / 2;

/**
 * A hit does nothing but count while its entry is among the latest touched eighth: no LRU would be about to drop it. So the
 * hottest keys, which get the most hits, cost the least.
 */
const SETTLED_SHARE = 1 / 8;

const FIRST_QUOTA = 0.5;
const LEAST_QUOTA = 0.01;
/** Losing to LRU weighs three times: "never worse than LRU" comes before "as good as can be". */
const LOSS_WEIGHT = 3;
/** A newcomer displaces what was used about as often only for a clear reason: else a loop pushes itself out. */
const ADMISSION_MARGIN = 1;
/** Frequencies are halved after so many insertions for each entry held. */
const INSERTIONS_PER_AGE = 4;

/**
 * The first tier's container: bounded in bytes, resistant to scans and loops, never clearly worse than LRU.
 *
 * New entries pass through a *window*, which keeps what is recent. What leaves it enters *main*, which keeps what is
 * frequent, only by being used more often than what main would evict for it. (W-TinyLFU: Einziger, Friedman, Manes, ACM
 * TOS 2017.) Main evicts as SIEVE does (Zhang et al., NSDI 2024), so that a hit moves nothing: it sets a mark and counts.
 *
 * How much of the bytes the window may hold follows from a duel with a simulated LRU: a miss that LRU would have served
 * widens the window, up to everything; a hit that LRU would have missed narrows it. docs/decisions/l1-policy.md has the
 * figures.
 */
export class L1Store<R extends Stored> {
  readonly maxBytes: number;
  readonly #records = new Map<string, R>();
  readonly #window = new EntryQueue<R>();
  readonly #main = new EntryQueue<R>();
  readonly #sketch = new FrequencySketch();
  readonly #shadow: LruShadow;
  readonly #onEvict: ((record: R) => void) | undefined;
  /** Where main's sweep goes on; null at its oldest. */
  #hand: R | null = null;
  #windowQuota: number;
  /** Counts what would move to the front of an LRU queue, modulo 2^32. */
  #clock = 0;
  #settledTouches = 0;
  #age = 0;
  #mostUsed = mostUsedIn(0);
  #insertions = 0;

  /** @throws {CacheError} INVALID_OPTION, when maxBytes is not a positive number. */
  constructor(options: L1StoreOptions<R>) {
    if (!(options.maxBytes > 0 && Number.isFinite(options.maxBytes))) {
      throw new CacheError('INVALID_OPTION', `the first tier's maxBytes is ${options.maxBytes}: it must be above 0`);
    }
    this.maxBytes = options.maxBytes;
    this.#onEvict = options.onEvict;
    this.#windowQuota = options.maxBytes * FIRST_QUOTA;
    this.#shadow = new LruShadow(options.maxBytes);
  }

  /** How many entries it holds. */
  get entries(): number {
    return this.#records.size;
  }

  /** What it holds, in accounted bytes; never above `maxBytes`. */
  get bytes(): number {
    return this.#window.bytes + this.#main.bytes;
  }

  /** The record, counted as used. */
  get(key: string): R | undefined {
    const record = this.#records.get(key);
    if (record === undefined) return undefined;
    record.use(this.#mostUsed);
    if (((this.#clock - record.touchedAt) | 0) > this.#settledTouches) this.#touch(record);
    return record;
  }

  /** The record, without counting as a use. */
  peek(key: string): R | undefined {
    return this.#records.get(key);
  }

  /**
   * Keeps a record in place of the one under its key.
   * @param sizeBytes heap bytes of what it holds, beyond its key and `ENTRY_OVERHEAD_BYTES`
   * @returns false when it is too large to be kept (above half of maxBytes); what stood under the key is gone all the
   * same, and `onEvict` is not called for the record that was refused
   */
  set(record: R, sizeBytes: number): boolean {
    const bytes = accounted(record.key, sizeBytes);
    if (bytes > this.maxBytes * LARGEST_SHARE) {
      this.delete(record.key);
      return false;
    }
    const present = this.#records.get(record.key);
    if (present === undefined) this.#insert(record, bytes);
    else this.#replace(present, record, bytes);
    return true;
  }

  /**
   * Corrects the size of a record, if it is kept.
   * @returns false when it is not, or became too large and was evicted
   */
  resize(record: R, sizeBytes: number): boolean {
    if (this.#records.get(record.key) !== record) return false;
    const bytes = accounted(record.key, sizeBytes);
    if (bytes > this.maxBytes * LARGEST_SHARE) {
      this.#evict(record);
      return false;
    }
    this.#unlink(record);
    this.#link(record, bytes);
    return true;
  }

  /** Removes a record. @returns what was there */
  delete(key: string): R | undefined {
    const record = this.#records.get(key);
    if (record === undefined) return undefined;
    if (LruShadow.follows(record.hash)) this.#shadow.delete(record.hash);
    this.#evict(record);
    return record;
  }

  /** Removes everything; how often keys were used is remembered. */
  clear(): void {
    for (const record of this.#records.values()) this.#evict(record);
    this.#shadow.clear();
  }

  #insert(record: R, bytes: number): void {
    record.note(Math.min(MAX_FREQUENCY, this.#sketch.estimate(record.hash) + 1), this.#age);
    record.bytes = bytes;
    this.#clock = (this.#clock + 1) | 0;
    record.touchedAt = this.#clock;
    if (LruShadow.follows(record.hash) && this.#shadow.touch(record.hash, bytes)) {
      this.#moveQuota(LOSS_WEIGHT * SAMPLE * this.#meanBytes());
    }
    this.#makeRoom(bytes, bytes);
    this.#window.push(record);
    this.#records.set(record.key, record);
    this.#settledTouches = Math.floor(this.#records.size * SETTLED_SHARE);
    this.#sketch.ensureCapacity(this.#records.size);
    this.#fitWindow();
    this.#insertions += 1;
    if (this.#insertions >= INSERTIONS_PER_AGE * this.#records.size) this.#growOlder();
  }

  #replace(present: R, record: R, bytes: number): void {
    this.#unlink(present);
    record.succeed(present);
    this.#records.set(record.key, record);
    this.#link(record, bytes);
    this.#onEvict?.(present);
  }

  /** Room is made before it stands in a queue, so that it is not evicted to make room for itself. */
  #link(record: R, bytes: number): void {
    record.bytes = bytes;
    this.#makeRoom(bytes, record.inWindow ? bytes : 0);
    (record.inWindow ? this.#window : this.#main).push(record);
    this.#fitWindow();
  }

  /** Evicts until so many bytes can come in, of which `windowBytes` go to the window. */
  #makeRoom(bytes: number, windowBytes: number): void {
    while (this.bytes + bytes > this.maxBytes) {
      const windowIsFull = this.#window.bytes + windowBytes > this.#windowQuota;
      const candidate = windowIsFull || this.#main.oldest === null ? this.#window.oldest : null;
      const victim = this.#leastOfMain();
      if (candidate === null || victim === null) this.#evict((candidate ?? victim)!);
      else this.#evict(this.#isWorthMore(candidate, victim) ? victim : candidate);
    }
  }

  /** What the window holds above its quota goes to main. A single entry may exceed it. */
  #fitWindow(): void {
    while (this.#window.bytes > this.#windowQuota && this.#window.oldest !== this.#window.newest) {
      const record = this.#window.oldest!;
      this.#window.remove(record);
      record.leaveWindow();
      this.#main.push(record);
    }
  }

  /** SIEVE: the hand goes on from where it stopped and spares what was used since it last came by. Nothing moves. */
  #leastOfMain(): R | null {
    let record = this.#hand ?? this.#main.oldest;
    while (record !== null && record.isUsed) {
      record.spare();
      record = record.newer ?? this.#main.oldest;
    }
    this.#hand = record;
    return record;
  }

  #isWorthMore(candidate: R, victim: R): boolean {
    candidate.growOlder(this.#age);
    victim.growOlder(this.#age);
    return candidate.frequency > victim.frequency + ADMISSION_MARGIN;
  }

  #evict(record: R): void {
    this.#unlink(record);
    this.#records.delete(record.key);
    record.growOlder(this.#age);
    this.#sketch.raise(record.hash, record.frequency);
    this.#onEvict?.(record);
  }

  #unlink(record: R): void {
    if (this.#hand === record) this.#hand = record.newer;
    (record.inWindow ? this.#window : this.#main).remove(record);
  }

  #growOlder(): void {
    this.#insertions = 0;
    this.#age += 1;
    this.#mostUsed = mostUsedIn(this.#age);
    this.#sketch.halve();
  }

  /** A hit of an entry that had sunk a little: the window is an LRU queue, and the shadow wants to know. */
  #touch(record: R): void {
    this.#clock = (this.#clock + 1) | 0;
    record.touchedAt = this.#clock;
    if (record.inWindow) {
      this.#window.remove(record);
      this.#window.push(record);
    }
    if (LruShadow.follows(record.hash) && !this.#shadow.touch(record.hash, record.bytes)) {
      this.#moveQuota(-SAMPLE * this.#meanBytes());
    }
  }

  #meanBytes(): number {
    return this.bytes / Math.max(1, this.#records.size);
  }

  #moveQuota(bytes: number): void {
    const least = this.maxBytes * LEAST_QUOTA;
    this.#windowQuota = Math.min(this.maxBytes, Math.max(least, this.#windowQuota + bytes));
  }
}

function accounted(key: string, sizeBytes: number): number {
  return sizeBytes + ENTRY_OVERHEAD_BYTES + STRING_HEADER_BYTES + key.length;
}
