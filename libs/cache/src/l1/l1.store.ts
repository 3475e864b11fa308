import { CacheError } from '../errors.js';
import { EntryQueue, type Queued } from './entry.queue.js';
import { FrequencySketch, hashKey, MAX_FREQUENCY } from './frequency.sketch.js';
import { LruShadow, SAMPLE } from './lru.shadow.js';

export interface L1StoreOptions<R> {
  /** Bytes that keys, records and the container's own overhead may hold together. */
  readonly maxBytes: number;
  /**
   * Told of each record that was kept and no longer is, exactly once: evicted, replaced, deleted or cleared. It is called
   * while the store changes: it must neither throw nor call the store.
   */
  readonly onEvict?: (key: string, record: R) => void;
}

/**
 * Heap bytes of an entry beside key and record: 176 to 223 were measured, as the tables double (npm run check:value-size).
 * Node 112, table of nodes 28 to 56, sketch 16 to 32, shadow about 25.
 */
export const ENTRY_OVERHEAD_BYTES = 200;
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

/** What a hit looks at stands first, within one cache line. */
class Node<R> implements Queued {
  record: R;
  /** Used since a sweep last came by. */
  used = false;
  /** The age in which `frequency` was last brought up to date. */
  age: number;
  frequency: number;
  touchedAt = 0;
  newer: this | null = null;
  older: this | null = null;
  inWindow = true;

  constructor(
    readonly key: string,
    readonly hash: number,
    record: R,
    public bytes: number,
    frequency: number,
    age: number,
  ) {
    this.record = record;
    this.frequency = frequency;
    this.age = age;
  }
}

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
export class L1Store<R> {
  readonly maxBytes: number;
  readonly #nodes = new Map<string, Node<R>>();
  readonly #window = new EntryQueue<Node<R>>();
  readonly #main = new EntryQueue<Node<R>>();
  readonly #sketch = new FrequencySketch();
  readonly #shadow: LruShadow;
  readonly #onEvict: ((key: string, record: R) => void) | undefined;
  /** Where main's sweep goes on; null at its oldest. */
  #hand: Node<R> | null = null;
  #windowQuota: number;
  /** Counts what would move to the front of an LRU queue, modulo 2^32. */
  #clock = 0;
  #settledTouches = 0;
  #age = 0;
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
    return this.#nodes.size;
  }

  /** What it holds, in accounted bytes; never above `maxBytes`. */
  get bytes(): number {
    return this.#window.bytes + this.#main.bytes;
  }

  /** The record, counted as used. */
  get(key: string): R | undefined {
    const node = this.#nodes.get(key);
    if (node === undefined) return undefined;
    node.used = true;
    if (node.age !== this.#age) this.#bringUpToDate(node);
    if (node.frequency < MAX_FREQUENCY) node.frequency += 1;
    if (((this.#clock - node.touchedAt) | 0) > this.#settledTouches) this.#touch(node);
    return node.record;
  }

  /** The record, without counting as a use. */
  peek(key: string): R | undefined {
    return this.#nodes.get(key)?.record;
  }

  /**
   * Keeps a record in place of the one under its key.
   * @param sizeBytes heap bytes of the record, without its key
   * @returns false when it is too large to be kept (above half of maxBytes); what stood under the key is gone all the
   * same, and `onEvict` is not called for the record that was refused
   */
  set(key: string, record: R, sizeBytes: number): boolean {
    const bytes = accounted(key, sizeBytes);
    if (bytes > this.maxBytes * LARGEST_SHARE) {
      this.delete(key);
      return false;
    }
    const present = this.#nodes.get(key);
    if (present === undefined) {
      this.#insert(key, record, bytes);
      return true;
    }
    const replaced = present.record;
    present.record = record;
    this.#changeSize(present, bytes);
    this.#onEvict?.(key, replaced);
    return true;
  }

  /** Corrects the size of a record. @returns false when there is none, or it became too large and was evicted */
  resize(key: string, sizeBytes: number): boolean {
    const node = this.#nodes.get(key);
    if (node === undefined) return false;
    const bytes = accounted(key, sizeBytes);
    if (bytes > this.maxBytes * LARGEST_SHARE) {
      this.#evict(node);
      return false;
    }
    this.#changeSize(node, bytes);
    return true;
  }

  /** Removes a record. @returns what was there */
  delete(key: string): R | undefined {
    const node = this.#nodes.get(key);
    if (node === undefined) return undefined;
    if (LruShadow.follows(node.hash)) this.#shadow.delete(node.hash);
    this.#evict(node);
    return node.record;
  }

  /** Removes everything; how often keys were used is remembered. */
  clear(): void {
    for (const node of this.#nodes.values()) this.#evict(node);
    this.#shadow.clear();
  }

  #insert(key: string, record: R, bytes: number): void {
    const hash = hashKey(key);
    const frequency = Math.min(MAX_FREQUENCY, this.#sketch.estimate(hash) + 1);
    const node = new Node(key, hash, record, bytes, frequency, this.#age);
    this.#clock = (this.#clock + 1) | 0;
    node.touchedAt = this.#clock;
    this.#compareMiss(node);
    this.#makeRoom(bytes, bytes);
    this.#window.push(node);
    this.#nodes.set(key, node);
    this.#settledTouches = Math.floor(this.#nodes.size * SETTLED_SHARE);
    this.#sketch.ensureCapacity(this.#nodes.size);
    this.#fitWindow();
    this.#insertions += 1;
    if (this.#insertions >= INSERTIONS_PER_AGE * this.#nodes.size) this.#growOlder();
  }

  /** The node stands in no queue meanwhile, so that it is not evicted to make room for itself. */
  #changeSize(node: Node<R>, bytes: number): void {
    this.#unlink(node);
    node.bytes = bytes;
    this.#makeRoom(bytes, node.inWindow ? bytes : 0);
    (node.inWindow ? this.#window : this.#main).push(node);
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
      const node = this.#window.oldest!;
      this.#window.remove(node);
      node.inWindow = false;
      node.used = false;
      this.#main.push(node);
    }
  }

  /** SIEVE: the hand goes on from where it stopped and spares what was used since it last came by. Nothing moves. */
  #leastOfMain(): Node<R> | null {
    let node = this.#hand ?? this.#main.oldest;
    while (node !== null && node.used) {
      node.used = false;
      node = node.newer ?? this.#main.oldest;
    }
    this.#hand = node;
    return node;
  }

  #isWorthMore(candidate: Node<R>, victim: Node<R>): boolean {
    this.#bringUpToDate(candidate);
    this.#bringUpToDate(victim);
    return candidate.frequency > victim.frequency + ADMISSION_MARGIN;
  }

  #evict(node: Node<R>): void {
    this.#unlink(node);
    this.#nodes.delete(node.key);
    this.#bringUpToDate(node);
    this.#sketch.raise(node.hash, node.frequency);
    this.#onEvict?.(node.key, node.record);
  }

  #unlink(node: Node<R>): void {
    if (this.#hand === node) this.#hand = node.newer;
    (node.inWindow ? this.#window : this.#main).remove(node);
  }

  #bringUpToDate(node: Node<R>): void {
    node.frequency >>= Math.min(31, this.#age - node.age);
    node.age = this.#age;
  }

  #growOlder(): void {
    this.#insertions = 0;
    this.#age += 1;
    this.#sketch.halve();
  }

  /** A hit of an entry that had sunk a little: the window is an LRU queue, and the shadow wants to know. */
  #touch(node: Node<R>): void {
    this.#clock = (this.#clock + 1) | 0;
    node.touchedAt = this.#clock;
    if (node.inWindow) {
      this.#window.remove(node);
      this.#window.push(node);
    }
    if (LruShadow.follows(node.hash) && !this.#shadow.touch(node.hash, node.bytes)) {
      this.#moveQuota(-SAMPLE * this.#meanBytes());
    }
  }

  #compareMiss(node: Node<R>): void {
    if (LruShadow.follows(node.hash) && this.#shadow.touch(node.hash, node.bytes)) {
      this.#moveQuota(LOSS_WEIGHT * SAMPLE * this.#meanBytes());
    }
  }

  #meanBytes(): number {
    return this.bytes / Math.max(1, this.#nodes.size);
  }

  #moveQuota(bytes: number): void {
    const least = this.maxBytes * LEAST_QUOTA;
    this.#windowQuota = Math.min(this.maxBytes, Math.max(least, this.#windowQuota + bytes));
  }
}

function accounted(key: string, sizeBytes: number): number {
  return sizeBytes + ENTRY_OVERHEAD_BYTES + STRING_HEADER_BYTES + key.length;
}
