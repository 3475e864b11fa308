import type { CancelTimer, Clock } from '../clock.js';
import type { Leader } from './leader.js';
import { inParallel } from './parallel.js';
import type { Tenure, WarmFleet } from './warm-fleet.port.js';
import type { WarmKey, WarmLoads } from './warm.loads.js';
import type { WarmPlan } from './warm.plan.js';

/** Calls `run` once after `delayMs`. `name` is the round's, for who lists what is scheduled. */
export type RoundTimer = (name: string, delayMs: number, run: () => void) => CancelTimer;

/** Each round comes up to this share of its interval earlier than said. */
const JITTER = 0.1;
/** A round is not begun again within this share of its interval: less than is left after the jitter. */
const HOLD = 0.85;
/** A value younger than this share of its interval, or of its life where that is shorter, is left alone. */
const YOUNG = 0.5;
const PARALLEL = 4;
/** The rounds of the others cannot be known: look again. */
const RETRY_MS = 1_000;

/** The periodic rounds. They run on the leader alone, and each of them once, whoever leads meanwhile. */
export class WarmRounds {
  private readonly timers = new Map<string, CancelTimer>();
  private tenure: Tenure | null = null;

  constructor(
    private readonly plans: readonly WarmPlan[],
    private readonly leader: () => Leader,
    private readonly fleet: WarmFleet,
    private readonly loads: WarmLoads,
    private readonly clock: Clock,
    private readonly timer: RoundTimer,
    private readonly onFailure: (entry: string, error: unknown) => void,
  ) {}

  /** This process leads: what is overdue begins at once. */
  elected(tenure: Tenure): void {
    this.tenure = tenure;
    for (const plan of this.plans) {
      if (plan.trigger.kind === 'interval') void this.round(plan, plan.trigger.everyMs, tenure);
    }
  }

  deposed(): void {
    this.tenure = null;
    for (const cancel of this.timers.values()) cancel();
    this.timers.clear();
  }

  private async round(plan: WarmPlan, everyMs: number, tenure: Tenure, isRetry = false): Promise<void> {
    if (!this.leads(tenure)) return;
    const startedAtMs = this.clock.now();
    const jitteredMs = everyMs * (1 - JITTER * this.clock.random());
    if (!isRetry) {
      const reply = await this.fleet.begin(tenure, nameOf(plan), everyMs * HOLD).catch(() => null);
      if (reply?.kind === 'fenced') return this.leader().depose();
      if (reply?.kind !== 'begun') return this.next(plan, everyMs, tenure, reply?.remainingMs ?? RETRY_MS, false);
    }
    await this.warm(plan, everyMs, tenure);
    const restMs = Math.max(0, jitteredMs - (this.clock.now() - startedAtMs));
    const waitMs = this.loads.backoff.waitMs(plan.entry.name);
    const retry = waitMs > 0 && waitMs < restMs;
    this.next(plan, everyMs, tenure, retry ? waitMs : restMs, retry);
  }

  private async warm(plan: WarmPlan, everyMs: number, tenure: Tenure): Promise<void> {
    try {
      const params = await plan.params();
      const youngMs = YOUNG * Math.min(everyMs, plan.entry.policy.freshMs);
      await inParallel(params, PARALLEL, async (one) => {
        if (!this.leads(tenure)) return;
        await this.refresh({ ref: plan.entry.ref(one), loader: plan.loaderOf(one) }, youngMs);
      });
    } catch (error) {
      this.loads.backoff.failed(plan.entry.name);
      this.onFailure(plan.entry.name, error);
    }
  }

  private async refresh(key: WarmKey, youngMs: number): Promise<void> {
    const ageMs = await this.loads.ageMs(key);
    if (ageMs !== null && ageMs < youngMs) await this.loads.skip(key.ref.entry);
    else await this.loads.run(key, ageMs === null ? 'missing' : 'refresh');
  }

  private next(plan: WarmPlan, everyMs: number, tenure: Tenure, delayMs: number, isRetry: boolean): void {
    if (!this.leads(tenure)) return;
    const name = nameOf(plan);
    this.timers.get(name)?.();
    this.timers.set(
      name,
      this.timer(name, delayMs, () => void this.round(plan, everyMs, tenure, isRetry)),
    );
  }

  /** Asked before each load: a process that was paused in the middle of a round does not go on with it. */
  private leads(tenure: Tenure): boolean {
    return this.tenure === tenure && this.leader().tenure()?.holder === tenure.holder;
  }
}

function nameOf(plan: WarmPlan): string {
  return `${plan.entry.name} of ${plan.source}`;
}
