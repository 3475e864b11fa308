import type { Clock } from '../clock.js';
import type { CacheEvents } from '../events.js';
import { TIMED_SHARE } from './l1-family.js';
import type { L1Record } from './l1-record.js';

/**
 * Tells of L1 hits, the one thing that happens millions of times a second: each is counted, and where there are many,
 * only some are looked at. So recording a hit is a count and two comparisons, whoever listens.
 */
export class HitEvents {
  constructor(
    private readonly events: CacheEvents,
    private readonly clock: Clock,
  ) {}

  /** @param startedAt when the read began */
  tell(record: L1Record, startedAt: number): void {
    const { family } = record;
    family.hits += 1;
    if (record.isUnread) this.tellFirst(record);
    if (family.hits >= family.lookAt) this.look(record, startedAt);
  }

  private tellFirst(record: L1Record): void {
    record.wasRead();
    this.events.l1FirstHit(record.family.name, record.key);
  }

  private look(record: L1Record, startedAt: number): void {
    const { events } = this;
    const { family, key, bornAt } = record;
    const { name } = family;
    if (family.isTimed()) events.answered(name, 'L1', this.clock.now() - startedAt, TIMED_SHARE);
    const weight = family.weigh(startedAt);
    if (weight > 0) events.l1Hits(name, key, weight, startedAt - bornAt);
    family.looked();
    if (!events.wantsEachHit) return;
    events.eachHit(name, key, 'L1', startedAt - bornAt);
    family.lookAt = 0;
  }
}
