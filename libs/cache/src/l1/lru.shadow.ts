import { EntryQueue, type Queued } from './entry.queue.js';

/** One key in this many is followed. */
export const SAMPLE = 4;
const SAMPLE_BITS = 0x3000_0000;

class Shadow implements Queued {
  newer: this | null = null;
  older: this | null = null;

  constructor(
    readonly hash: number,
    public bytes: number,
  ) {}
}

/**
 * What a plain LRU of the same size would hold at this moment, on a quarter of the keys and without their values: the
 * opponent that the store must not lose against. (Simulating a policy on a sample of the keys that is chosen by hash:
 * Waldspurger et al., "Cache Modeling and Optimization using Miniature Simulations", USENIX ATC 2017.)
 */
export class LruShadow {
  readonly #maxBytes: number;
  readonly #shadows = new Map<number, Shadow>();
  readonly #queue = new EntryQueue<Shadow>();

  /** @param maxBytes of the store that is shadowed */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes / SAMPLE;
  }

  static follows(hash: number): boolean {
    return (hash & SAMPLE_BITS) === 0;
  }

  /** The key is asked for. @returns whether LRU would have had it */
  touch(hash: number, bytes: number): boolean {
    const present = this.#shadows.get(hash);
    if (present !== undefined) this.#queue.remove(present);
    const shadow = present ?? new Shadow(hash, bytes);
    shadow.bytes = bytes;
    this.#queue.push(shadow);
    if (present === undefined) this.#shadows.set(hash, shadow);
    while (this.#queue.bytes > this.#maxBytes && this.#queue.oldest !== shadow) this.#drop(this.#queue.oldest!);
    return present !== undefined;
  }

  /** The key was invalidated: LRU would have lost it too. */
  delete(hash: number): void {
    const shadow = this.#shadows.get(hash);
    if (shadow !== undefined) this.#drop(shadow);
  }

  clear(): void {
    this.#shadows.clear();
    this.#queue.newest = null;
    this.#queue.oldest = null;
    this.#queue.bytes = 0;
  }

  #drop(shadow: Shadow): void {
    this.#queue.remove(shadow);
    this.#shadows.delete(shadow.hash);
  }
}
