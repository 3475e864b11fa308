import { inParallel } from './parallel.js';
import type { WarmKey, WarmLoads } from './warm.loads.js';

const PARALLEL = 4;

/** What an ordered warming has come to. Keys are counted by entry, never named. */
export interface WarmProgress {
  readonly status: 'running' | 'done';
  readonly total: number;
  readonly entries: Readonly<
    Record<string, { readonly warmed: number; readonly failed: number; readonly skipped: number }>
  >;
}

/** Keys that somebody ordered to be loaded anew, now. */
export class WarmJob {
  /** Resolves when all keys have been tried. */
  readonly done: Promise<void>;
  private readonly entries: Record<string, { warmed: number; failed: number; skipped: number }> = {};
  private isDone = false;

  constructor(
    private readonly keys: readonly WarmKey[],
    loads: WarmLoads,
  ) {
    for (const { ref } of keys) this.entries[ref.entry.name] ??= { warmed: 0, failed: 0, skipped: 0 };
    this.done = this.run(loads);
  }

  progress(): WarmProgress {
    const entries = Object.fromEntries(Object.entries(this.entries).map(([name, counts]) => [name, { ...counts }]));
    return { status: this.isDone ? 'done' : 'running', total: this.keys.length, entries };
  }

  private async run(loads: WarmLoads): Promise<void> {
    await inParallel(this.keys, PARALLEL, async (key) => {
      const { outcome } = await loads.run(key, 'refresh', 'ordered');
      this.entries[key.ref.entry.name]![outcome] += 1;
    });
    this.isDone = true;
  }
}
