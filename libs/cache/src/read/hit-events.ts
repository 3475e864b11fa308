import type { Clock } from '../clock.js';
import type { CacheEvents } from '../events.js';
import type { L1Record } from './l1-tier.js';

/** One L1 hit in this many is timed: a clock read costs a fifth of the hit. */
const TIMED_SHARE = 64;

/** Tells of L1 hits, the one thing that happens millions of times a second. */
export class HitEvents {
  private hitCount = 0;

  constructor(
    private readonly events: CacheEvents,
    private readonly clock: Clock,
  ) {}

  /** @param startedAt when the read began */
  tell({ entry, key, bornAt }: L1Record, startedAt: number): void {
    this.events.hit(entry.name, key, 'L1', startedAt - bornAt);
    this.hitCount += 1;
    if (this.hitCount % TIMED_SHARE !== 0) return;
    this.events.answered(entry.name, 'L1', this.clock.now() - startedAt, TIMED_SHARE);
  }
}
