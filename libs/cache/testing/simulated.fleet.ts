import { Catalog, defineEntry, type EntryOptions } from '../src/catalog.js';
import { createCache, type Cache } from '../src/create-cache.js';
import { MemoryServer } from '../src/store/memory.server.js';
import { memoryTier } from '../src/store/memory.store.js';
import { faultyStore, type FaultyStore } from './faulty.store.js';
import { ManualClock } from './manual.clock.js';

export interface Balance {
  readonly amount: string;
}

/** With grace, S of 5 s, and one tag. */
export const balances = defineEntry<Balance>()('balances', 'tokens:{address}', {
  fresh: '300s',
  grace: '1h',
  staleness: '5s',
  tags: ['wallet:{address}'],
  jitter: 0,
});

/** Never in L1. */
export const apiKeys = defineEntry<Balance>()('api keys', 'api:key:{hash}', { fresh: '1h', staleness: 0, jitter: 0 });

/** Without grace; absent records are remembered. */
export const credits = defineEntry<Balance>()('credits', 'user:credits:{wallet}', {
  tags: ['user:{wallet}'],
  absent: '10s',
  jitter: 0,
});

/** One process of the simulated fleet. */
export interface SimulatedProcess extends Cache {
  /** Stands in front of the shared server, and fails on demand. */
  readonly store: FaultyStore;
}

/** Several caches in one process that share a server and a bus as several processes share one Redis, on a clock that stands still. */
export class SimulatedFleet {
  readonly clock = new ManualClock(1_000);
  readonly server = new MemoryServer({ clock: this.clock });
  private readonly processes: SimulatedProcess[] = [];

  /** A process that is ready to use its store. */
  async start(options: { readonly overrides?: Record<string, EntryOptions> } = {}): Promise<SimulatedProcess> {
    const tier = memoryTier(this.server, { clock: this.clock });
    const store = faultyStore(tier.store);
    const catalog = new Catalog([balances, apiKeys, credits]);
    const process = { ...createCache({ catalog, store, bus: tier.bus, clock: this.clock, ...options }), store };
    this.processes.push(process);
    await settled();
    return process;
  }

  /** A process without a second tier. */
  async startAlone(): Promise<Cache> {
    const process = createCache({ catalog: new Catalog([balances, apiKeys, credits]), clock: this.clock });
    await settled();
    return process;
  }

  /** From now on no process hears of another. */
  deafen(): void {
    this.server.channel.publish = () => {};
  }

  async stop(): Promise<void> {
    await Promise.all(this.processes.splice(0).map((process) => process.close()));
  }
}

/** A loader that runs until it is let go, and counts its runs. */
export function gate<V>() {
  const runs: { readonly release: (value: V) => void; readonly fail: (error: unknown) => void }[] = [];
  const loader = (): Promise<V> => new Promise<V>((release, fail) => runs.push({ release, fail }));
  return { loader, runs };
}

/** Resolves when all that can happen without time passing has happened. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A loader of one balance. */
export function amount(value: string): () => Promise<Balance> {
  return () => Promise.resolve({ amount: value });
}

/** A loader for reads that must not reach the source. */
export function never(): never {
  throw new Error('the loader must not run');
}
