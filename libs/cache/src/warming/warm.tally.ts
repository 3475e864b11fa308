import type { Clock } from '../clock.js';
import type { CacheEvents, WarmOutcome } from '../events.js';

/** Results of warming since the start. */
export type WarmCounts = Readonly<Record<WarmOutcome, number>>;

/** Keys that are followed from being warmed to their first read; the oldest are given up first. */
const MAX_AWAITED = 10_000;
const LOOKS = 4_096;

/**
 * Counts what came of warming. `used` is what this process warmed and then served itself before it expired: what other
 * processes served of it is not known here.
 */
export class WarmTally {
  private readonly counts = new Map<string, Record<WarmOutcome, number>>();
  /** When each warmed key that nobody has read yet expires. */
  private readonly awaited = new Map<string, number>();
  /** How many awaited keys look alike at one place: a read of any other key need not look for its own. */
  private readonly alike = new Uint16Array(LOOKS);

  constructor(
    private readonly events: CacheEvents,
    private readonly clock: Clock,
  ) {}

  add(entry: string, outcome: WarmOutcome): void {
    const counts = this.counts.get(entry) ?? { warmed: 0, failed: 0, skipped: 0, used: 0 };
    counts[outcome] += 1;
    this.counts.set(entry, counts);
    this.events.warmed(entry, outcome);
  }

  /** A key was loaded, and waits for its first read. */
  addWarmed(entry: string, key: string, freshForMs: number): void {
    this.add(entry, 'warmed');
    this.forget(key);
    if (this.awaited.size >= MAX_AWAITED) this.forget(this.awaited.keys().next().value!);
    this.awaited.set(key, this.clock.now() + freshForMs);
    this.alike[lookOf(key)]! += 1;
  }

  byEntry(): Readonly<Record<string, WarmCounts>> {
    return Object.fromEntries([...this.counts].map(([entry, counts]) => [entry, { ...counts }]));
  }

  /** On the hot path: most of the time nothing is awaited, or nothing that looks like this key. */
  hit(entry: string, key: string): void {
    if (this.awaited.size === 0 || this.alike[lookOf(key)] === 0) return;
    const untilMs = this.awaited.get(key);
    if (untilMs === undefined) return;
    this.forget(key);
    if (this.clock.now() < untilMs) this.add(entry, 'used');
  }

  private forget(key: string): void {
    if (this.awaited.delete(key)) this.alike[lookOf(key)]! -= 1;
  }
}

/**
 * Two characters behind the longest prefix of a key, where wallets differ: they stand near its beginning, which whoever
 * found its value has just read.
 */
function lookOf(key: string): number {
  return ((key.charCodeAt(20) & 0x3f) << 6) | (key.charCodeAt(21) & 0x3f);
}
