import { Inject, Injectable, Logger } from '@nestjs/common';
import { CacheManager, type CancelTimer, type Clock, type WarmPlan } from '../index.js';
import { CACHE_CLOCK } from './cache.tokens.js';
import type { WarmRunner } from './warm.runner.js';

/** Keys of one plan that are loaded at once. */
const PARALLEL_LOADS = 4;

/**
 * Warms from this process alone: at start, at each interval (measured from the end of a round to the beginning of the
 * next, so rounds never overlap) and at events. A failed load is logged; the next round tries again.
 */
@Injectable()
export class TimerWarmRunner implements WarmRunner {
  private readonly logger = new Logger('Warm');
  private readonly rounds = new Set<Promise<void>>();
  private readonly timers = new Map<WarmPlan, CancelTimer>();
  private stopped = false;

  constructor(
    private readonly manager: CacheManager,
    @Inject(CACHE_CLOCK) private readonly clock: Clock,
  ) {}

  start(plans: readonly WarmPlan[]): void {
    for (const plan of plans) {
      if (plan.trigger.kind === 'start') void this.run(plan, undefined, 'normal');
      if (plan.trigger.kind === 'interval') this.schedule(plan, plan.trigger.everyMs);
    }
  }

  trigger(plans: readonly WarmPlan[], event: unknown): void {
    for (const plan of plans) void this.run(plan, event, 'fresh');
  }

  async stop(): Promise<void> {
    this.stopped = true;
    for (const cancel of this.timers.values()) cancel();
    this.timers.clear();
    await Promise.all(this.rounds);
  }

  private schedule(plan: WarmPlan, everyMs: number): void {
    if (this.stopped) return;
    const round = (): void => {
      void this.run(plan, undefined, 'fresh').then(() => this.schedule(plan, everyMs));
    };
    this.timers.set(plan, this.clock.setTimer(round, everyMs));
  }

  private run(plan: WarmPlan, event: unknown, mode: 'normal' | 'fresh'): Promise<void> {
    if (this.stopped) return Promise.resolve();
    const round = this.warm(plan, event, mode)
      .catch((error: unknown) => this.report(plan, error))
      .finally(() => this.rounds.delete(round));
    this.rounds.add(round);
    return round;
  }

  private async warm(plan: WarmPlan, event: unknown, mode: 'normal' | 'fresh'): Promise<void> {
    const waiting = [...(await plan.params(event))];
    const worker = async (): Promise<void> => {
      for (let params = waiting.shift(); params !== undefined && !this.stopped; params = waiting.shift()) {
        try {
          await this.manager.getOrSetResult(plan.entry.ref(params), plan.loaderOf(params), { mode });
        } catch (error) {
          this.report(plan, error);
        }
      }
    };
    await Promise.all(Array.from({ length: PARALLEL_LOADS }, worker));
  }

  private report(plan: WarmPlan, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.logger.warn(`entry "${plan.entry.name}" of ${plan.source} was not warmed: ${reason}`);
  }
}
