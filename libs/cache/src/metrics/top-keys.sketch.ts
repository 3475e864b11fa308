import { hashKey } from '../l1/frequency.sketch.js';

/** A key that is used most. */
export interface TopKey {
  readonly key: string;
  readonly entry: string;
  readonly count: number;
  /** What of the count was estimated, before the key was followed; the rest is exact. */
  readonly estimated: number;
}

/** How many keys are followed. */
const FOLLOWED = 512;

class Followed {
  constructor(
    readonly key: string,
    readonly entry: string,
    public count: number,
    public estimated: number,
  ) {}
}

/** How many of them a look finds that go next. */
const VICTIMS = 128;
const ROWS = 4;
const WIDTH = 16_384;

/**
 * The keys used most, in bounded memory (320 KiB and the keys themselves). Followed keys are counted exactly; all others
 * share a count-min sketch with conservative update, and one that is estimated above the least of the followed takes its
 * place. That is the filter of Augmented Sketch (Roy, Khan, Alonso, SIGMOD 2016) in front of count-min (Cormode,
 * Muthukrishnan 2005): the hot keys pass by one map look-up. docs/decisions/top-keys.md compares it with HeavyKeeper and
 * Space-Saving.
 *
 * Error: a count is never below the truth, and above it by no more than `estimated`; a key that was followed from its
 * first use is exact. With probability 1 - e^-4, `estimated` itself is too high by at most e/16384 of all uses of keys
 * that were not followed.
 */
export class TopKeys {
  private readonly followed = new Map<string, Followed>();
  private readonly rows = Array.from({ length: ROWS }, () => new Uint32Array(WIDTH));
  /** Not above the least followed count: most candidates are turned down without looking for that one. */
  private floor = 0;
  /** The least used ones at the last look, the very least at the end. */
  private victims: Followed[] = [];
  private victimsUpTo = 0;

  /** @param uses how many uses this one stands for */
  add(entry: string, key: string, uses = 1): void {
    const node = this.followed.get(key);
    if (node === undefined) this.consider(entry, key, uses);
    else node.count += uses;
  }

  /** The most used, first the most. */
  top(limit: number): TopKey[] {
    return [...this.followed.values()]
      .sort((one, other) => other.count - one.count)
      .slice(0, limit)
      .map(({ key, entry, count, estimated }) => ({ key, entry, count, estimated }));
  }

  /** Makes what was used earlier weigh half. */
  halve(): void {
    for (const node of this.followed.values()) {
      node.count = Math.floor(node.count / 2);
      node.estimated = Math.ceil(node.estimated / 2);
    }
    for (const row of this.rows) for (let place = 0; place < WIDTH; place += 1) row[place]! >>>= 1;
    this.floor = 0;
    this.victims = [];
  }

  private consider(entry: string, key: string, uses: number): void {
    if (this.followed.size < FOLLOWED) {
      this.followed.set(key, new Followed(key, entry, uses, 0));
      return;
    }
    const estimate = this.raise(hashKey(key), uses);
    if (estimate <= this.floor) return;
    const least = this.nextVictim();
    this.floor = least.count;
    if (estimate <= least.count) {
      this.victims.push(least);
      return;
    }
    this.followed.delete(least.key);
    this.raiseTo(hashKey(least.key), least.count);
    this.followed.set(key, new Followed(key, entry, estimate, estimate - uses));
  }

  /** Conservative update: only the least of the counters tells, so the others need not grow beyond it. */
  private raise(hash: number, by: number): number {
    const stride = strideOf(hash);
    let least = 0xffffffff;
    for (let row = 0, place = hash; row < ROWS; row += 1, place += stride) {
      const count = this.rows[row]![place & (WIDTH - 1)]!;
      if (count < least) least = count;
    }
    this.raiseTo(hash, least + by);
    return least + by;
  }

  private raiseTo(hash: number, count: number): void {
    const stride = strideOf(hash);
    for (let row = 0, place = hash; row < ROWS; row += 1, place += stride) {
      const counters = this.rows[row]!;
      if (counters[place & (WIDTH - 1)]! < count) counters[place & (WIDTH - 1)] = count;
    }
  }

  /** The least used, or nearly: one look at all of them finds those that go next, and one that was used since stays. */
  private nextVictim(): Followed {
    for (let node = this.victims.pop(); node !== undefined; node = this.victims.pop()) {
      if (node.count <= this.victimsUpTo && this.followed.get(node.key) === node) return node;
    }
    const ascending = [...this.followed.values()].sort((one, other) => one.count - other.count);
    this.victims = ascending.slice(0, VICTIMS).toReversed();
    this.victimsUpTo = this.victims[0]!.count;
    return this.victims.pop()!;
  }
}

/** A second hash, from which the places in the rows after the first derive; odd, so that they differ. */
function strideOf(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) | 1;
}
