import type { CacheListener } from '../events.js';
import type { CallBudget } from './call.budget.js';
import type { HotKeys } from './hot.keys.js';
import type { WarmTally } from './warm.tally.js';

/** What warming hears of the cache: which keys are read, whether what was warmed is, and what users' loads cost. */
export class WarmListener implements CacheListener {
  constructor(
    private readonly hotKeys: HotKeys,
    private readonly tally: WarmTally,
    private readonly budget: CallBudget,
  ) {}

  hit(entry: string, key: string): void {
    this.hotKeys.used(entry, key);
    this.tally.hit(entry, key);
  }

  l1Hits(entry: string, key: string, weight: number): void {
    this.hotKeys.used(entry, key, weight);
    this.tally.hit(entry, key);
  }

  /** Of what is read that much that not each hit is told. */
  l1FirstHit(entry: string, key: string): void {
    this.tally.hit(entry, key);
  }

  miss(entry: string, key: string): void {
    this.hotKeys.used(entry, key);
  }

  loaded(entry: string): void {
    this.budget.loaded(entry);
  }

  loadFailed(entry: string): void {
    this.budget.loaded(entry);
  }
}
