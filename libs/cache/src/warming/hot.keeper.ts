import type { CancelTimer, Clock } from '../clock.js';
import type { CallBudget } from './call.budget.js';
import type { HotKey, HotKeys } from './hot.keys.js';
import { inParallel } from './parallel.js';
import type { WarmKey, WarmLoads } from './warm.loads.js';

const TICK_MS = 1_000;
/** Keys looked at in one tick. */
const MAX_KEYS = 500;
const PARALLEL = 8;
/** A value is refreshed when so much of its life is left, or, if that is less, in time for a load and another tick. */
const LEAD_SHARE = 0.1;
const MIN_LEAD_MS = 2_500;
/** But not before so much of its life is over. */
const LONGEST_LEAD_SHARE = 0.5;
/** There was no call left for it, or another process is about to load it. */
const LOOK_AGAIN_MS = 5_000;

/**
 * Refreshes what is read here ahead of its expiry, on every instance for its own readers: the second tier tells what
 * another one has refreshed, and of two that begin at once one is turned away by the lease of the key.
 */
export class HotKeeper {
  private cancel: CancelTimer = () => {};
  private stopped = false;

  constructor(
    private readonly keys: HotKeys,
    private readonly loads: WarmLoads,
    private readonly budget: CallBudget,
    private readonly clock: Clock,
  ) {}

  start(): void {
    this.cancel = this.clock.setTimer(() => void this.tick(), TICK_MS);
  }

  stop(): void {
    this.stopped = true;
    this.cancel();
  }

  private async tick(): Promise<void> {
    await this.budget.tell();
    await inParallel(this.keys.due(MAX_KEYS), PARALLEL, (hot) => this.lookAt(hot));
    if (!this.stopped) this.start();
  }

  private async lookAt(hot: HotKey): Promise<void> {
    const key = warmKeyOf(hot);
    if (this.stopped || key === null) return;
    const leftMs = await this.loads.freshLeftMs(key);
    hot.lifeMs = Math.max(hot.lifeMs, leftMs ?? 0);
    if (leftMs !== null && leftMs > leadMs(hot.lifeMs)) return this.lookIn(hot, leftMs - leadMs(hot.lifeMs));
    const { freshForMs } = await this.loads.run(key, leftMs === null ? 'missing' : 'refresh');
    if (freshForMs > 0) hot.lifeMs = freshForMs;
    this.lookIn(hot, freshForMs > 0 ? freshForMs - leadMs(freshForMs) : LOOK_AGAIN_MS);
  }

  private lookIn(hot: HotKey, delayMs: number): void {
    hot.lookAtMs = this.clock.now() + delayMs;
  }
}

function leadMs(lifeMs: number): number {
  return Math.min(LONGEST_LEAD_SHARE * lifeMs, Math.max(MIN_LEAD_MS, LEAD_SHARE * lifeMs));
}

function warmKeyOf({ key, hot }: HotKey): WarmKey | null {
  const params = hot.entry.match(key);
  return params === null ? null : { ref: hot.entry.ref(params), loader: hot.loaderOf(params) };
}
