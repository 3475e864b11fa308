import type { CatalogEntry } from '../catalog.js';
import type { Clock } from '../clock.js';
import type { Loader } from '../load/loader-call.js';
import { EntrySlots } from '../metrics/entry.slots.js';
import { UseSampling } from '../read/use.sampling.js';

/** An entry whose hot keys are kept warm. */
export interface HotEntry {
  readonly entry: CatalogEntry<unknown>;
  readonly loaderOf: (params: unknown) => Loader<unknown>;
  /** Reads, weighed by their age, from which a key counts as hot. */
  readonly minUses: number;
}

interface WatchedEntry {
  readonly hot: HotEntry;
  readonly sampling: UseSampling;
}

/** A key that was read, how often and when last. Times are the process's monotonic clock. */
export class HotKey {
  /** Reads, each of which weighs half for every half-life that has passed since. */
  weight = 1;
  /** When it is to be looked at next: it may have to be refreshed then. */
  lookAtMs = 0;
  /** The life of its value as far as it has been seen; 0 before that. */
  lifeMs = 0;
  /** Its place in the list from which the one that gives way is drawn. */
  at = 0;

  constructor(
    readonly key: string,
    readonly hot: HotEntry,
    public usedAtMs: number,
  ) {}
}

const HALF_LIFE_MS = 300_000;
/** Up to so many reads a second of an entry each one's key is looked up; beyond, some are, at random, for all of them. */
const READS_COUNTED = 1_000;
/** Where there is no room, the lightest of so many gives way. */
const SAMPLED = 8;

/**
 * The keys that are read most and were read last, in bounded memory: each read adds 1 to a key's weight, and weights halve
 * with time. That is LRFU with λ between LRU and LFU (Lee et al., IEEE Transactions on Computers 50(12), 2001); where there
 * is no room, the lightest of a sample gives way, as Redis does for its LFU rule.
 *
 * Keys of entries that are not watched cost one comparison of names a read, all others one look-up of their key, which
 * many reads of one entry share: see `UseSampling`.
 */
export class HotKeys {
  private readonly watched = new Map<string, WatchedEntry>();
  private readonly keys = new Map<string, HotKey>();
  /** The same, in no order: of a map nothing can be drawn. */
  private readonly list: HotKey[] = [];
  private drawn = 1;
  /** The clock as of the last `tick`: a read does not ask it. */
  private nowMs: number;
  private readonly slots = new EntrySlots((entry) => this.watched.get(entry));

  constructor(
    private readonly clock: Clock,
    /** Keys that are followed at most; each costs about 400 bytes. */
    private readonly maxKeys: number,
  ) {
    this.nowMs = clock.now();
  }

  watch(hot: HotEntry): void {
    const { name } = hot.entry;
    if (!this.watched.has(name)) this.watched.set(name, { hot, sampling: new UseSampling(READS_COUNTED) });
    this.slots.clear();
  }

  get size(): number {
    return this.keys.size;
  }

  /** Whether a key is worth being kept warm now. */
  isHot(key: string): boolean {
    const known = this.keys.get(key);
    return known !== undefined && this.isWorthwhile(known);
  }

  /** Hot keys that are to be looked at, the heaviest first; forgets those that went out of use. */
  due(limit: number): HotKey[] {
    this.nowMs = this.clock.now();
    for (const { sampling } of this.watched.values()) sampling.nextPeriod();
    const due: HotKey[] = [];
    for (const known of this.keys.values()) {
      if (this.nowMs - known.usedAtMs > this.forgetAfterMs(known)) this.forget(known);
      else if (known.lookAtMs <= this.nowMs && this.isWorthwhile(known)) due.push(known);
    }
    return due.sort((one, other) => this.weightOf(other) - this.weightOf(one)).slice(0, limit);
  }

  /** A key was read, whatever became of it. @param uses for how many reads it stands, where not each one is told */
  used(entry: string, key: string, uses = 1): void {
    const watched = this.slots.of(entry);
    if (watched === undefined) return;
    const weight = watched.sampling.weigh();
    if (weight > 0) this.look(watched.hot, key, weight * uses);
  }

  private look(hot: HotEntry, key: string, uses: number): void {
    const known = this.keys.get(key);
    if (known === undefined) {
      if (this.keys.size >= this.maxKeys) this.makeRoom();
      // Counts once, whatever it stands for: a key that is read a single time must not look like one in use.
      this.follow(new HotKey(key, hot, this.nowMs));
      return;
    }
    if (known.usedAtMs !== this.nowMs) {
      known.weight = this.weightOf(known);
      known.usedAtMs = this.nowMs;
    }
    known.weight += uses;
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
    return known.usedAtMs === this.nowMs
      ? known.weight
      : known.weight * 2 ** ((known.usedAtMs - this.nowMs) / HALF_LIFE_MS);
  }

  private follow(hot: HotKey): void {
    hot.at = this.list.push(hot) - 1;
    this.keys.set(hot.key, hot);
  }

  private forget(hot: HotKey): void {
    this.keys.delete(hot.key);
    const last = this.list.pop()!;
    if (last === hot) return;
    last.at = hot.at;
    this.list[hot.at] = last;
  }

  private makeRoom(): void {
    let lightest: HotKey | undefined;
    let least = Infinity;
    for (let draw = 0; draw < SAMPLED; draw += 1) {
      this.drawn = (Math.imul(this.drawn, 1_664_525) + 1_013_904_223) | 0;
      const known = this.list[(this.drawn >>> 8) % this.list.length]!;
      const weight = this.weightOf(known);
      if (weight >= least) continue;
      least = weight;
      lightest = known;
    }
    if (lightest !== undefined) this.forget(lightest);
  }
}
