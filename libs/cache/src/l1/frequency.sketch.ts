/** Counts end here: above it, more often is no better reason to stay. */
export const MAX_FREQUENCY = 15;

const ROWS = 4;
const COUNTERS_PER_ENTRY = 16;
const COUNTERS_PER_BYTE = 2;
const COUNTER_BITS = 4;
/** Of each of the eight counters in a word, its half: without the bit that came from its neighbour. */
const HALVES = 0x77777777;
const FIRST_CAPACITY = 64;

/**
 * How often keys that are no longer held were used: a count-min sketch (Cormode, Muthukrishnan 2005) of 16 counters
 * for each entry, two in a byte. It may say too much, when keys collide, never too little.
 */
export class FrequencySketch {
  #capacity = FIRST_CAPACITY;
  #counters = new Uint8Array((FIRST_CAPACITY * COUNTERS_PER_ENTRY) / COUNTERS_PER_BYTE);

  /** Grows for this many entries, without losing a count. */
  ensureCapacity(entries: number): void {
    while (this.#capacity < entries) {
      // A key's places are its hash modulo the length, so a table that is repeated answers as it did before.
      const grown = new Uint8Array(this.#counters.length * 2);
      grown.set(this.#counters, 0);
      grown.set(this.#counters, this.#counters.length);
      this.#counters = grown;
      this.#capacity *= 2;
    }
  }

  estimate(hash: number): number {
    const stride = strideOf(hash);
    let least = MAX_FREQUENCY;
    for (let row = 0, place = hash; row < ROWS; row += 1, place += stride) least = Math.min(least, this.#at(place));
    return least;
  }

  /** Makes the estimate at least `frequency`. */
  raise(hash: number, frequency: number): void {
    const stride = strideOf(hash);
    for (let row = 0, place = hash; row < ROWS; row += 1, place += stride) {
      const more = frequency - this.#at(place);
      if (more > 0) this.#counters[this.#byteOf(place)]! += more << shiftOf(place);
    }
  }

  /** Forgets half of everything, eight counters at a time: what was popular once must not stay for ever. */
  halve(): void {
    const words = new Uint32Array(this.#counters.buffer);
    for (let index = 0; index < words.length; index += 1) words[index] = (words[index]! >>> 1) & HALVES;
  }

  #at(place: number): number {
    return (this.#counters[this.#byteOf(place)]! >>> shiftOf(place)) & MAX_FREQUENCY;
  }

  #byteOf(place: number): number {
    return (place >>> 1) & (this.#counters.length - 1);
  }
}

/** Which half of its byte a counter is. */
function shiftOf(place: number): number {
  return (place & 1) * COUNTER_BITS;
}

/** 32 bits of a key, well mixed: FNV-1a, then the finalizer of MurmurHash3. */
export function hashKey(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  return mix(hash);
}

/** The second hash, from which the rows after the first derive; odd, so that they differ. */
function strideOf(hash: number): number {
  return mix(hash) | 1;
}

function mix(hash: number): number {
  let mixed = hash;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
