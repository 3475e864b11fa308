import type { Clock } from '../clock.js';
import type { CacheEvents, CacheListener, WarmOutcome } from '../events.js';

/** Results of warming since the start. */
export type WarmCounts = Readonly<Record<WarmOutcome, number>>;

/** Keys that are followed from being warmed to their first read; the oldest are given up first. */
const MAX_AWAITED = 10_000;

/**
 * Counts what came of warming. `used` is what this process warmed and then served itself before it expired: what other
 * processes served of it is not known here.
 */
export class WarmTally implements CacheListener {
  private readonly counts = new Map<string, Record<WarmOutcome, number>>();
  /** When each warmed key that nobody has read yet expires. */
  private readonly awaited = new Map<string, number>();

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
    this.awaited.delete(key);
    this.awaited.set(key, this.clock.now() + freshForMs);
    if (this.awaited.size > MAX_AWAITED) this.awaited.delete(this.awaited.keys().next().value!);
  }

  byEntry(): Readonly<Record<string, WarmCounts>> {
    return Object.fromEntries([...this.counts].map(([entry, counts]) => [entry, { ...counts }]));
  }

  /** On the hot path: most of the time nothing is awaited. */
  hit(entry: string, key: string): void {
    if (this.awaited.size === 0) return;
    const untilMs = this.awaited.get(key);
    if (untilMs === undefined) return;
    this.awaited.delete(key);
    if (this.clock.now() < untilMs) this.add(entry, 'used');
  }
}
