import { CacheError } from '../errors.js';
import { EntryQueue } from './entry.queue.js';
import { FrequencySketch, hashKey, MAX_FREQUENCY } from './frequency.sketch.js';
import { LruDuel } from './lru.duel.js';
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
 * Heap bytes of an entry beside its key and what its record holds, once the store is full: 208 to 270 were measured, as the
 * tables double (npm run check:value-size). Record 136, table of records 56 to 112, sketch 8 to 16, shadow 6 to 12. While there
 * is room it is 165 to 190: the table has no gaps then, and the sketch and the shadow are empty.
 */
export const ENTRY_OVERHEAD_BYTES = 228;
const STRING_HEADER_BYTES = 16;

/** A record above this share of the whole would push out too much: it is not kept. */
const LARGEST_SHARE = 1 / 2;

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
 * widens the window, up to everything; a hit that LRU would have missed narrows it. While a quarter of the bytes is free there
 * is no duel, and nothing moves at a hit. docs/decisions/l1-policy.md has the figures.
 */
export class L1Store<R extends Stored> {
  readonly maxBytes: number;
  readonly #records = new Map<string, R>();
  readonly #window = new EntryQueue<R>();
  readonly #main = new EntryQueue<R>();
  readonly #sketch = new FrequencySketch();
  readonly #duel: LruDuel;
  readonly #onEvict: ((record: R) => void) | undefined;
  /** Where main's sweep goes on; null at its oldest. */
  #hand: R | null = null;
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
    this.#duel = new LruDuel(this);
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
    if (!record.wasTouchedIn(this.#duel.turn)) this.#touch(record);
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
    if (this.#duel.isDue(bytes)) this.#duel.begin(this.#records.values());
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
    if (this.#duel.isDue(bytes)) this.#duel.begin(this.#records.values());
    this.#unlink(record);
    this.#link(record, bytes);
    return true;
  }

  /** Removes a record. @returns what was there */
  delete(key: string): R | undefined {
    const record = this.#records.get(key);
    if (record === undefined) return undefined;
    this.#duel.invalidated(record);
    this.#evict(record);
    return record;
  }

  /** Removes everything; how often keys were used is remembered, if it was nearly full. */
  clear(): void {
    for (const record of this.#records.values()) this.#evict(record);
    this.#duel.end();
  }

  #insert(record: R, bytes: number): void {
    const hash = hashKey(record.key);
    record.note(Math.min(MAX_FREQUENCY, this.#sketch.estimate(hash) + 1), this.#age);
    record.bytes = bytes;
    this.#duel.missed(record, hash);
    this.#makeRoom(bytes, bytes);
    this.#window.push(record);
    this.#records.set(record.key, record);
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
      const windowIsFull = this.#window.bytes + windowBytes > this.#duel.windowQuota;
      const candidate = windowIsFull || this.#main.oldest === null ? this.#window.oldest : null;
      const victim = this.#leastOfMain();
      if (candidate === null || victim === null) this.#evict((candidate ?? victim)!);
      else this.#evict(this.#isWorthMore(candidate, victim) ? victim : candidate);
    }
  }

  /** What the window holds above its quota goes to main. A single entry may exceed it. */
  #fitWindow(): void {
    while (this.#window.bytes > this.#duel.windowQuota && this.#window.oldest !== this.#window.newest) {
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
    if (this.#duel.isOn) this.#remember(record);
    this.#onEvict?.(record);
  }

  /** Its frequency, should its key come back. Where nothing has to leave nobody would ask, and it takes 8 to 16 bytes of an entry. */
  #remember(record: R): void {
    record.growOlder(this.#age);
    this.#sketch.ensureCapacity(this.#records.size);
    this.#sketch.raise(hashKey(record.key), record.frequency);
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

  /** The first hit of an entry in a turn of the duel: the window is an LRU queue, and the shadow wants to know. */
  #touch(record: R): void {
    this.#duel.hit(record);
    if (!record.inWindow) return;
    this.#window.remove(record);
    this.#window.push(record);
  }
}

function accounted(key: string, sizeBytes: number): number {
  return sizeBytes + ENTRY_OVERHEAD_BYTES + STRING_HEADER_BYTES + key.length;
}
