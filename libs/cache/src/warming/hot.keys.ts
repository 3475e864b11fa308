import type { CatalogEntry } from '../catalog.js';
import type { Clock } from '../clock.js';
import type { CacheListener } from '../events.js';
import type { Loader } from '../loader-call.js';

/** An entry whose hot keys are kept warm. */
export interface HotEntry {
  readonly entry: CatalogEntry<unknown>;
  readonly loaderOf: (params: unknown) => Loader<unknown>;
  /** Reads, weighed by their age, from which a key counts as hot. */
  readonly minUses: number;
}

/** A key that was read, how often and when last. Times are the process's monotonic clock. */
export class HotKey {
  /** Reads, each of which weighs half for every half-life that has passed since. */
  weight = 1;
  /** When it is to be looked at next: it may have to be refreshed then. */
  lookAtMs = 0;
  /** The life of its value as far as it has been seen; 0 before that. */
  lifeMs = 0;

  constructor(
    readonly key: string,
    readonly hot: HotEntry,
    public usedAtMs: number,
  ) {}
}

const HALF_LIFE_MS = 300_000;
/** Where there is no room, the lightest of so many gives way. */
const SAMPLED = 8;

/**
 * The keys that are read most and were read last, in bounded memory: each read adds 1 to a key's weight, and weights halve
 * with time. That is LRFU with λ between LRU and LFU (Lee et al., IEEE Transactions on Computers 50(12), 2001); where there
 * is no room, the lightest of a sample gives way, as Redis does for its LFU rule.
 *
 * Keys of entries that are not watched cost one comparison of names a read, all others one look-up of their key.
 */
export class HotKeys implements CacheListener {
  private readonly watched = new Map<string, HotEntry>();
  private readonly keys = new Map<string, HotKey>();
  /** The clock as of the last `tick`: a read does not ask it. */
  private nowMs: number;
  private lastEntry: string | undefined;
  private lastHot: HotEntry | undefined;

  constructor(
    private readonly clock: Clock,
    /** Keys that are followed at most; each costs about 200 bytes. */
    private readonly maxKeys: number,
  ) {
    this.nowMs = clock.now();
  }

  watch(hot: HotEntry): void {
    const known = this.watched.get(hot.entry.name);
    if (known === undefined) this.watched.set(hot.entry.name, hot);
    this.lastEntry = undefined;
  }

  get size(): number {
    return this.keys.size;
  }

  hit(entry: string, key: string): void {
    this.used(entry, key);
  }

  miss(entry: string, key: string): void {
    this.used(entry, key);
  }

  /** Whether a key is worth being kept warm now. */
  isHot(key: string): boolean {
    const known = this.keys.get(key);
    return known !== undefined && this.isWorthwhile(known);
  }

  /** Hot keys that are to be looked at, the heaviest first; forgets those that went out of use. */
  due(limit: number): HotKey[] {
    this.nowMs = this.clock.now();
    const due: HotKey[] = [];
    for (const known of this.keys.values()) {
      if (this.nowMs - known.usedAtMs > this.forgetAfterMs(known)) this.keys.delete(known.key);
      else if (known.lookAtMs <= this.nowMs && this.isWorthwhile(known)) due.push(known);
    }
    return due.sort((one, other) => this.weightOf(other) - this.weightOf(one)).slice(0, limit);
  }

  private used(entry: string, key: string): void {
    const hot = this.hotEntry(entry);
    if (hot === undefined) return;
    const known = this.keys.get(key);
    if (known === undefined) {
      if (this.keys.size >= this.maxKeys) this.makeRoom();
      this.keys.set(key, new HotKey(key, hot, this.nowMs));
      return;
    }
    if (known.usedAtMs !== this.nowMs) {
      known.weight = this.weightOf(known);
      known.usedAtMs = this.nowMs;
    }
    known.weight += 1;
  }

  private hotEntry(entry: string): HotEntry | undefined {
    if (entry !== this.lastEntry) {
      this.lastEntry = entry;
      this.lastHot = this.watched.get(entry);
    }
    return this.lastHot;
  }

  /** It was read within one life of its value, and often enough. */
  private isWorthwhile(known: HotKey): boolean {
    const { entry, minUses } = known.hot;
    return this.nowMs - known.usedAtMs <= entry.policy.freshMs && this.weightOf(known) >= minUses;
  }

  private forgetAfterMs({ hot }: HotKey): number {
    return Math.max(2 * HALF_LIFE_MS, 2 * hot.entry.policy.freshMs);
  }

  private weightOf(known: HotKey): number {
    return known.weight * 2 ** ((known.usedAtMs - this.nowMs) / HALF_LIFE_MS);
  }

  private makeRoom(): void {
    let lightest: HotKey | undefined;
    let looked = 0;
    for (const known of this.keys.values()) {
      if (lightest === undefined || this.weightOf(known) < this.weightOf(lightest)) lightest = known;
      looked += 1;
      if (looked === SAMPLED) break;
      // To the end of the map, so that the next sample is another one.
      this.keys.delete(known.key);
      this.keys.set(known.key, known);
    }
    if (lightest !== undefined) this.keys.delete(lightest.key);
  }
}
