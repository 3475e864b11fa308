import { MemoryServer } from '../src/store/memory.server.js';
import { memoryTier } from '../src/store/memory.store.js';
import { ManualClock } from './manual.clock.js';
import { settled } from './simulated.fleet.js';
import type { CacheWarmer } from '../src/cache-warmer.js';
import { Catalog, defineEntry } from '../src/catalog.js';
import { createCache, type Cache } from '../src/create-cache.js';
import { createWarmer } from '../src/create-warmer.js';
import { MemoryFleet } from '../src/warming/memory.fleet.js';
import type { WarmFleet } from '../src/warming/warm-fleet.port.js';
import type { WarmPlan, WarmTrigger } from '../src/warming/warm.plan.js';
import type { CacheWarmerOptions } from '../src/warming/warmer.options.js';

export const stats = defineEntry<number>()('network stats', 'network:stats', {
  fresh: '60s',
  grace: '10m',
  tags: ['chain'],
  jitter: 0,
});
export const height = defineEntry<number>()('block height', 'block:height', {
  fresh: '10s',
  staleness: '1s',
  jitter: 0,
});
export const wallets = defineEntry<number>()('balances', 'tokens:{address}', { tags: ['wallet:{address}'], jitter: 0 });

/** Several processes that share a store, a source and a clock that stands still. */
export class WarmingWorld {
  readonly clock = new ManualClock(1_000);
  readonly server = new MemoryServer({ clock: this.clock });
  readonly fleet = new MemoryFleet(this.clock);
  /** When the source of each key was read. */
  readonly reads: Record<string, number[]> = {};
  failing = false;
  readonly running: { cache: Cache; warmer: CacheWarmer }[] = [];

  async process(plans: readonly WarmPlan[] = [], options: CacheWarmerOptions = {}, beforeStart = (): void => {}) {
    const { store, bus } = memoryTier(this.server, { clock: this.clock });
    const cache = createCache({ catalog: new Catalog([stats, height, wallets]), store, bus, clock: this.clock });
    await settled();
    const warmer = createWarmer(cache, { clock: this.clock, fleet: this.fleet, ...options });
    beforeStart();
    warmer.start(plans);
    const one = { cache, warmer };
    this.running.push(one);
    return one;
  }

  readonly load = (key: string) => async (): Promise<number> => {
    (this.reads[key] ??= []).push(this.clock.now());
    if (this.failing) throw new Error('no source');
    return this.clock.now();
  };

  plan(entry: typeof stats, trigger: WarmTrigger): WarmPlan {
    return { entry, trigger, source: 'test', params: async () => [{}], loaderOf: () => this.load(entry.template) };
  }

  every(entry: typeof stats, everyMs: number): WarmPlan {
    return this.plan(entry, { kind: 'interval', everyMs });
  }

  gapsOf(key: string): number[] {
    const at = this.reads[key] ?? [];
    return at.slice(1).map((time, index) => time - at[index]!);
  }

  async stop(): Promise<void> {
    for (const { warmer, cache } of this.running) {
      await warmer.stop();
      await cache.close();
    }
  }
}

/** A process that the network may cut off: its questions are refused. */
export class CutFleet implements WarmFleet {
  isCut = false;

  constructor(private readonly fleet: WarmFleet) {}

  campaign = (...args: Parameters<WarmFleet['campaign']>) => this.unlessCut(() => this.fleet.campaign(...args));
  resign = (...args: Parameters<WarmFleet['resign']>) => this.unlessCut(() => this.fleet.resign(...args));
  begin = (...args: Parameters<WarmFleet['begin']>) => this.unlessCut(() => this.fleet.begin(...args));
  takeCalls = (...args: Parameters<WarmFleet['takeCalls']>) => this.unlessCut(() => this.fleet.takeCalls(...args));

  private async unlessCut<T>(ask: () => Promise<T>): Promise<T> {
    if (this.isCut) throw new Error('cut off');
    return ask();
  }
}
