import type { Clock } from '../clock.js';
import { unavailable } from './unavailable.error.js';

/** Silence of a replica, in s of the master's clock. Each reports once a second. */
const LONGEST_LAG_S = 3;
/** Longer than the sentinels need to notice a promotion (they ask once a second while one is under way) and to say so. */
const DOUBT_MS = 2_000;
/** After that the sentinels have told a deposed master that it is a replica. */
const DEMOTED_AFTER_MS = 12_000;

const REPLICA = /^slave\d+:.*state=online.*,lag=(\d+)/gm;

/**
 * Tells a master that may have been deposed, by what it says of its replicas. With Sentinel a deposed master goes on for
 * about ten seconds: it answers reads and acknowledges writes that are lost. But the replica that takes its place leaves
 * it in that moment, before anyone can use the new one; and a master that is cut off loses them all. So a master with
 * fewer replicas than it had is not believed until the sentinels had the time to name another.
 */
export class ReplicaStanding {
  private identity = '';
  private had = 0;
  private lostAtMs = -Infinity;

  constructor(private readonly clock: Clock) {}

  /**
   * @param info what `INFO replication` said, behind the commands whose replies are judged
   * @throws CacheError `STORE_UNAVAILABLE` while the master may have been deposed
   */
  check(identity: string, info: string): void {
    const replicas = inGoodStanding(info);
    if (identity !== this.identity) this.begin(identity, replicas);
    if (replicas < this.had) this.lostAtMs = this.clock.now();
    this.had = replicas;
    if (this.clock.now() < this.lostAtMs + DOUBT_MS) {
      throw unavailable(new Error('the master lost a replica, which may have been promoted'));
    }
  }

  /** Whether it takes most of the sentinels to say that it is the master still. */
  get isShaken(): boolean {
    return this.clock.now() < this.lostAtMs + DEMOTED_AFTER_MS;
  }

  private begin(identity: string, replicas: number): void {
    this.identity = identity;
    this.had = replicas;
    this.lostAtMs = -Infinity;
  }
}

function inGoodStanding(info: string): number {
  let count = 0;
  for (const [, lag] of info.matchAll(REPLICA)) if (Number(lag) <= LONGEST_LAG_S) count += 1;
  return count;
}
