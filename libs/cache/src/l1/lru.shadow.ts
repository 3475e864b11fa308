/** One key in this many is followed. */
export const SAMPLE = 4;
const SAMPLE_BITS = 0x3000_0000;

const FIRST_CAPACITY = 64;
const NONE = 0;
/** Where the numbers of a key stand among those of all. */
const HASH = 0;
const BYTES = 1;
const NEWER = 2;
const OLDER = 3;
const NUMBERS = 4;

/**
 * What a plain LRU of the same size would hold at this moment, on a quarter of the keys and without their values: the
 * opponent that the store must not lose against. (Simulating a policy on a sample of the keys that is chosen by hash:
 * Waldspurger et al., "Cache Modeling and Optimization using Miniature Simulations", USENIX ATC 2017.)
 *
 * A queue in numbers: 32 bytes of a followed key, where objects and a map took 93. Place 0 is both ends of the queue: newer
 * than it is the oldest, older than it the newest. Places are found by their hash, with linear probing.
 */
export class LruShadow {
  readonly #maxBytes: number;
  #bytes = 0;
  #capacity = FIRST_CAPACITY;
  #numbers = new Int32Array((FIRST_CAPACITY + 1) * NUMBERS);
  /** Places by hash, half of it empty at least. */
  #table = new Int32Array(2 * FIRST_CAPACITY);
  /** Places that were given. */
  #given = 0;
  /** The newest of those that are free again, each of which names the next as its older one. */
  #free = NONE;

  /** @param maxBytes of the store that is shadowed */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes / SAMPLE;
  }

  static follows(hash: number): boolean {
    return (hash & SAMPLE_BITS) === 0;
  }

  /** The key is asked for. @returns whether LRU would have had it */
  touch(hash: number, bytes: number): boolean {
    const known = this.#table[this.#slotOf(hash)]!;
    const place = known === NONE ? this.#add(hash) : known;
    if (known !== NONE) this.#unlink(place);
    this.#numbers[place * NUMBERS + BYTES] = bytes;
    this.#bytes += bytes;
    this.#link(place);
    for (let oldest = this.#at(NONE, NEWER); this.#bytes > this.#maxBytes && oldest !== place;) {
      this.#drop(oldest);
      oldest = this.#at(NONE, NEWER);
    }
    return known !== NONE;
  }

  /** The key was invalidated: LRU would have lost it too. */
  delete(hash: number): void {
    const place = this.#table[this.#slotOf(hash)]!;
    if (place !== NONE) this.#drop(place);
  }

  clear(): void {
    this.#numbers.fill(0);
    this.#table.fill(NONE);
    this.#bytes = 0;
    this.#given = 0;
    this.#free = NONE;
  }

  #at(place: number, number: number): number {
    return this.#numbers[place * NUMBERS + number]!;
  }

  #link(place: number): void {
    const newest = this.#at(NONE, OLDER);
    this.#numbers[place * NUMBERS + OLDER] = newest;
    this.#numbers[place * NUMBERS + NEWER] = NONE;
    this.#numbers[newest * NUMBERS + NEWER] = place;
    this.#numbers[NONE * NUMBERS + OLDER] = place;
  }

  #unlink(place: number): void {
    const [newer, older] = [this.#at(place, NEWER), this.#at(place, OLDER)];
    this.#numbers[newer * NUMBERS + OLDER] = older;
    this.#numbers[older * NUMBERS + NEWER] = newer;
    this.#bytes -= this.#at(place, BYTES);
  }

  #add(hash: number): number {
    if (this.#free === NONE && this.#given === this.#capacity) this.#grow();
    const place = this.#free === NONE ? (this.#given += 1) : this.#free;
    if (place === this.#free) this.#free = this.#at(place, OLDER);
    this.#numbers[place * NUMBERS + HASH] = hash;
    this.#table[this.#slotOf(hash)] = place;
    return place;
  }

  #drop(place: number): void {
    this.#unlink(place);
    this.#numbers[place * NUMBERS + OLDER] = this.#free;
    this.#free = place;
    this.#empty(this.#slotOf(this.#at(place, HASH)));
  }

  /** The slot of the hash, or the empty one where it would stand. */
  #slotOf(hash: number): number {
    const table = this.#table;
    const mask = table.length - 1;
    let slot = hash & mask;
    while (table[slot] !== NONE && this.#at(table[slot]!, HASH) !== hash) slot = (slot + 1) & mask;
    return slot;
  }

  /** Those behind move up, as far as their own slot allows: whoever looks for them stops at an empty one. */
  #empty(slot: number): void {
    const table = this.#table;
    const mask = table.length - 1;
    let gap = slot;
    for (let next = (gap + 1) & mask; table[next] !== NONE; next = (next + 1) & mask) {
      const own = this.#at(table[next]!, HASH) & mask;
      if (((next - own) & mask) < ((next - gap) & mask)) continue;
      table[gap] = table[next]!;
      gap = next;
    }
    table[gap] = NONE;
  }

  #grow(): void {
    this.#capacity *= 2;
    const numbers = new Int32Array((this.#capacity + 1) * NUMBERS);
    numbers.set(this.#numbers);
    this.#numbers = numbers;
    this.#table = new Int32Array(2 * this.#capacity);
    for (let place = 1; place <= this.#given; place += 1) this.#table[this.#slotOf(this.#at(place, HASH))] = place;
  }
}
