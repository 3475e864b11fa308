import type { L1HitCount } from '../events.js';

/** Takes over what the first tier has counted by itself, once each hit. */
export class L1HitReader {
  private readonly seen = new Map<readonly L1HitCount[], Map<L1HitCount, number>>();

  constructor(private readonly add: (entry: string, hits: number) => void) {}

  /** What a cache counts from now on. */
  follow(counts: readonly L1HitCount[]): void {
    this.seen.set(counts, new Map(counts.map((count) => [count, count.hits])));
  }

  leave(counts: readonly L1HitCount[]): void {
    this.read();
    this.seen.delete(counts);
  }

  /** Adds what was counted since. */
  read(): void {
    for (const [counts, seen] of this.seen) {
      for (const count of counts) {
        const more = count.hits - (seen.get(count) ?? 0);
        if (more === 0) continue;
        seen.set(count, count.hits);
        this.add(count.name, more);
      }
    }
  }
}
