import type { Clock } from '../clock.js';
import { inParallel } from './parallel.js';
import type { WarmKey, WarmLoads } from './warm.loads.js';
import type { WarmPlan } from './warm.plan.js';

/**
 * How long a key waits for its load after an event. One that comes again meanwhile is loaded once; and where several
 * instances see the same event, the invalidations of all of them are over before the one load begins.
 */
const GATHER_MS = 100;
/** Keys that wait at most; beyond them events warm nothing. */
const MAX_WAITING = 1_000;
const PARALLEL = 4;

/** Warms what events name. A key that is warm by then is left alone. */
export class WarmTriggers {
  private readonly waiting = new Map<string, WarmKey>();
  private running = 0;
  private isGathering = false;
  private stopped = false;

  constructor(
    private readonly loads: WarmLoads,
    private readonly clock: Clock,
    private readonly onFailure: (entry: string, error: unknown) => void,
  ) {}

  /** The keys that an event names, a moment later. Never rejects, as `now`. */
  async trigger(plan: WarmPlan, event: unknown): Promise<void> {
    for (const key of await this.keysOf(plan, event)) await this.add(key);
  }

  /** The keys of a plan at once; resolves when all have been tried. */
  async now(plan: WarmPlan): Promise<void> {
    await inParallel(await this.keysOf(plan, undefined), PARALLEL, (key) => this.loads.run(key, 'missing'));
  }

  stop(): void {
    this.stopped = true;
    this.waiting.clear();
  }

  private async keysOf(plan: WarmPlan, event: unknown): Promise<readonly WarmKey[]> {
    try {
      const params = await plan.params(event);
      return params.map((one) => ({ ref: plan.entry.ref(one), loader: plan.loaderOf(one) }));
    } catch (error) {
      this.onFailure(plan.entry.name, error);
      return [];
    }
  }

  private async add(key: WarmKey): Promise<void> {
    if (this.stopped || (this.waiting.size >= MAX_WAITING && !this.waiting.has(key.ref.key))) {
      await this.loads.skip(key.ref.entry);
      return;
    }
    this.waiting.set(key.ref.key, key);
    if (this.isGathering) return;
    this.isGathering = true;
    this.clock.setTimer(() => {
      this.isGathering = false;
      while (this.running < PARALLEL && this.waiting.size > 0) void this.work();
    }, GATHER_MS);
  }

  private async work(): Promise<void> {
    this.running += 1;
    for (let key = this.take(); key !== undefined; key = this.take()) await this.loads.run(key, 'missing');
    this.running -= 1;
  }

  private take(): WarmKey | undefined {
    const [first] = this.waiting.values();
    if (first !== undefined) this.waiting.delete(first.ref.key);
    return first;
  }
}
