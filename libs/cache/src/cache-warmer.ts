import type { CatalogEntry } from './catalog.js';
import type { Clock } from './clock.js';
import type { Loader } from './load/loader-call.js';
import type { CallBudget } from './warming/call.budget.js';
import type { HotKeeper } from './warming/hot.keeper.js';
import type { HotKeys } from './warming/hot.keys.js';
import type { Leader } from './warming/leader.js';
import { inParallel } from './warming/parallel.js';
import { WarmJob } from './warming/warm.job.js';
import type { WarmKey, WarmLoads } from './warming/warm.loads.js';
import type { WarmPlan } from './warming/warm.plan.js';
import type { WarmCounts, WarmTally } from './warming/warm.tally.js';
import type { WarmTriggers } from './warming/warm.triggers.js';

const PARALLEL_AT_START = 8;

/** How hot keys of an entry are kept warm. */
export interface HotOptions {
  /** Upstream calls that one load takes: they come out of the budget. Default 0: no upstream that limits calls. */
  readonly callsPerLoad?: number;
  /** Reads, weighed by their age with a half-life of 5 min, from which a key counts as hot. Default 2. */
  readonly minUses?: number;
}

export interface WarmStats {
  /** Since the start, by entry. `used`: warmed and then served by this process before it expired. */
  readonly entries: Readonly<Record<string, WarmCounts>>;
  /** Whether the periodic rounds run here. */
  readonly leads: boolean;
  /** Grows with each tenure of any process; null while this one does not lead. */
  readonly fence: number | null;
  /** Keys whose use is followed. */
  readonly followedKeys: number;
}

/** What a warmer is made of: see `createWarmer`. */
export interface WarmerParts {
  readonly leader: Leader;
  readonly triggers: WarmTriggers;
  readonly hotKeys: HotKeys;
  readonly keeper: HotKeeper;
  readonly loads: WarmLoads;
  readonly budget: CallBudget;
  readonly tally: WarmTally;
  readonly clock: Clock;
  readonly startBoundMs: number;
  /** Makes an interval's plan one of the rounds. */
  readonly plan: (plan: WarmPlan) => void;
  readonly close: () => void;
}

/**
 * Loads ahead of readers, by the cache's own read path, so that nothing that was invalidated is ever put back.
 *
 * - at start, on every instance: what is cold;
 * - at intervals, on the one instance that leads: each round once in the fleet, wherever the leader is killed or paused;
 * - after events, on the instances that see them: what the event left cold;
 * - ahead of expiry, on every instance: what its own readers use, within the fleet's budget of upstream calls.
 *
 * A source that fails is asked again after 1 s, then after twice as long each time, up to a minute.
 */
export class CacheWarmer {
  private readonly startedAtMs: number;
  private startLoads: 'waiting' | 'running' | 'done' = 'waiting';

  constructor(private readonly parts: WarmerParts) {
    this.startedAtMs = parts.clock.now();
  }

  /** Begins. Waits for no load. */
  start(plans: readonly WarmPlan[]): void {
    const { keeper, leader, plan: addRound } = this.parts;
    for (const plan of plans) {
      if (plan.trigger.kind !== 'interval') continue;
      addRound(plan);
      // A round may come later than its value expires: while somebody reads it, it does not get cold.
      this.keepHot(plan.entry, (params) => plan.loaderOf(params), { minUses: 1 });
    }
    this.startLoads = 'running';
    void this.warmAtStart(plans.filter(({ trigger }) => trigger.kind === 'start'));
    keeper.start();
    leader.start();
  }

  /** An event was emitted that these plans name, and what it makes invalid is invalid. Never throws. */
  trigger(plans: readonly WarmPlan[], event: unknown): void {
    for (const plan of plans) void this.parts.triggers.trigger(plan, event);
  }

  /** Keys of this entry that are read often and were read lately are refreshed ahead of their expiry. */
  keepHot<V, Params>(
    entry: CatalogEntry<V, Params>,
    loaderOf: (params: Params) => Loader<V>,
    { callsPerLoad = 0, minUses = 2 }: HotOptions = {},
  ): void {
    if (callsPerLoad > 0) this.parts.budget.price(entry.name, callsPerLoad);
    this.parts.hotKeys.watch({
      entry,
      loaderOf: loaderOf as (params: unknown) => Loader<unknown>,
      minUses,
    });
  }

  /** Whether a key of an entry that is kept hot is read often, and was read lately, on this instance. */
  isHot(key: string): boolean {
    return this.parts.hotKeys.isHot(key);
  }

  /** Loads keys anew, at once and whatever the budget: somebody ordered it. */
  warmNow(keys: readonly WarmKey[]): WarmJob {
    return new WarmJob(keys, this.parts.loads);
  }

  /** What is warmed at start has been tried, or the time that it may take is over. */
  get isStarted(): boolean {
    return this.startLoads === 'done' || this.parts.clock.now() - this.startedAtMs >= this.parts.startBoundMs;
  }

  stats(): WarmStats {
    const tenure = this.parts.leader.tenure();
    return {
      entries: this.parts.tally.byEntry(),
      leads: tenure !== null,
      fence: tenure?.fence ?? null,
      followedKeys: this.parts.hotKeys.size,
    };
  }

  /** No load begins after the call; resolves once those under way have ended and the lease is given back. */
  async stop(): Promise<void> {
    this.parts.close();
    this.parts.triggers.stop();
    this.parts.keeper.stop();
    await Promise.all([this.parts.leader.stop(), this.parts.loads.stop()]);
  }

  private async warmAtStart(plans: readonly WarmPlan[]): Promise<void> {
    await this.parts.loads.untilStored(this.startedAtMs + this.parts.startBoundMs);
    await inParallel(plans, PARALLEL_AT_START, (plan) => this.parts.triggers.now(plan));
    this.startLoads = 'done';
  }
}
