import { Catalog, defineEntry } from '../src/catalog.js';
import { createCache, type Cache } from '../src/create-cache.js';
import type { Tier } from '../src/events.js';
import { MemoryChannel } from '../src/bus/memory.bus.js';
import { MemoryServer } from '../src/store/memory.server.js';
import { memoryTier, type MemoryTier } from '../src/store/memory.store.js';
import type { InvalidationMessage, Store } from '../src/store/store.port.js';
import { ManualClock } from './manual.clock.js';

/** S of the modelled entry, ms. */
const STALENESS_MS = 1_000;
const PROCESSES = 3;
const WALLETS = ['a', 'b'];
/** A world whose steps are all done but whose callers still wait lets this much time pass, and looks again. */
const IDLE_STEP_MS = 100;
/** Longer than any lease, wait and timeout of the protocol. */
const PATIENCE_MS = 40_000;

interface Versioned {
  readonly wallet: string;
  readonly version: number;
}

const balances = defineEntry<Versioned>()('balances', 'tokens:{wallet}', {
  fresh: '1h',
  grace: '1h',
  staleness: STALENESS_MS,
  tags: ['wallet:{wallet}'],
  refreshAhead: 0.5,
});

/** What can happen. */
export type Command =
  | { readonly kind: 'read' | 'read-fresh'; readonly process: number; readonly wallet: string }
  | { readonly kind: 'read-many'; readonly process: number }
  | { readonly kind: 'write'; readonly process: number; readonly wallet: string; readonly by: 'tag' | 'key' | 'prefix' }
  | { readonly kind: 'pass-time'; readonly durationMs: number }
  | { readonly kind: 'flush-store' | 'restart-store' | 'lossy-failover' | 'snapshot' }
  | { readonly kind: 'evict-version'; readonly wallet: string }
  | { readonly kind: 'lose-message' | 'fail-load' | 'lose-reply'; readonly process: number };

interface ModelProcess {
  readonly cache: Cache;
  readonly tier: MemoryTier;
  /** By wallet: the newest version whose invalidation this process has been told of. */
  readonly told: Map<string, number>;
  failNextLoad: boolean;
  loseNextReply: boolean;
}

/** A version of a wallet whose invalidation was acknowledged, and when. */
interface Acknowledged {
  readonly version: number;
  readonly atMs: number;
}

/**
 * Three processes, a store, a bus, and a source whose values are numbered: each read is checked against what had been
 * acknowledged when it began. Every step that a network or a source could delay waits for its turn at `step`.
 */
export class ProtocolWorld {
  readonly violations: string[] = [];
  readonly tiers: Record<Tier, number> = { L1: 0, L2: 0, MISS: 0, STALE: 0 };
  reads = 0;
  private readonly clock = new ManualClock(10_000);
  private readonly server: MemoryServer;
  private readonly processes: ModelProcess[] = [];
  private readonly source = new Map<string, number>(WALLETS.map((wallet) => [wallet, 1]));
  private readonly acknowledged = new Map<string, Acknowledged[]>(WALLETS.map((wallet) => [wallet, []]));
  private readonly publishedAt = new WeakMap<object, Map<string, number>>();
  private readonly running = new Set<string>();
  /** What each client does next: a client begins a command when its last one has ended. */
  private readonly clients = new Map<number, Promise<void>>();
  private readonly lastPublished = new Map<string, number>();
  private image: { readonly entries: Map<string, Buffer>; readonly versions: Map<string, Buffer> } | null = null;
  private commandCount = 0;

  /** @param step resolves when it is this step's turn */
  constructor(private readonly step: (label: string) => Promise<unknown>) {
    const channel = new MemoryChannel({ deliver: this.deliverInOrder() });
    const publish = channel.publish.bind(channel);
    channel.publish = (notice) => {
      if (notice.kind === 'invalidation') this.notePublished(notice.message);
      publish(notice);
    };
    this.server = new MemoryServer({ clock: this.clock, channel });
    for (let index = 0; index < PROCESSES; index += 1) this.processes.push(this.startProcess());
  }

  /** Commands that never came to an end. */
  get unfinished(): string[] {
    return [...this.running];
  }

  /** Queues a command behind the client's others. */
  queue(client: number, command: Command): void {
    this.commandCount += 1;
    const label = `${this.commandCount} ${JSON.stringify(command)}`;
    this.running.add(label);
    const before = this.clients.get(client) ?? Promise.resolve();
    const done = before
      .then(() => this.step(label))
      .then(() => this.perform(command))
      .finally(() => this.running.delete(label));
    this.clients.set(client, done);
  }

  /** Runs everything to its end. @param idle resolves when no step waits for its turn */
  async run(idle: () => Promise<unknown>): Promise<void> {
    let patienceMs = PATIENCE_MS;
    await idle();
    while (this.running.size > 0 && patienceMs > 0) {
      await this.clock.advance(IDLE_STEP_MS);
      patienceMs -= IDLE_STEP_MS;
      await idle();
    }
    if (this.running.size === 0) await Promise.all(this.clients.values());
  }

  private async perform(command: Command): Promise<void> {
    switch (command.kind) {
      case 'read':
        return this.read(command.process, [command.wallet], 'normal');
      case 'read-fresh':
        return this.read(command.process, [command.wallet], 'fresh');
      case 'read-many':
        return this.read(command.process, WALLETS, 'normal');
      case 'write':
        return this.write(command.process, command.wallet, command.by);
      case 'pass-time':
        return this.clock.advance(command.durationMs);
      case 'flush-store':
        return this.server.flush();
      case 'restart-store':
        return this.server.changeIdentity();
      case 'snapshot':
        this.image = { entries: this.copyOf('entries'), versions: this.copyOf('versions') };
        return;
      case 'lossy-failover':
        return this.failOver();
      case 'evict-version':
        this.server.versions.delete(`wallet:${command.wallet}`);
        return;
      case 'lose-message':
        return this.processes[command.process]!.tier.bus.lose(1);
      case 'fail-load':
        this.processes[command.process]!.failNextLoad = true;
        return;
      case 'lose-reply':
        this.processes[command.process]!.loseNextReply = true;
    }
  }

  private async read(index: number, wallets: readonly string[], mode: 'normal' | 'fresh'): Promise<void> {
    const process = this.processes[index]!;
    const beganAtMs = this.clock.now();
    const limits = wallets.map((wallet) => ({
      now: this.newestAcknowledged(wallet, Infinity),
      beforeS: this.newestAcknowledged(wallet, beganAtMs - STALENESS_MS),
      told: process.told.get(wallet) ?? 0,
    }));
    const refs = wallets.map((wallet) => balances.ref({ wallet }));
    const load = (missing: readonly { readonly key: string }[]) =>
      Promise.all(missing.map((ref) => this.load(process, ref.key.slice('tokens:'.length))));
    const results = await process.cache.manager.getOrSetMany(refs, load, { mode }).catch(() => []);
    for (const [position, result] of results.entries()) {
      this.reads += 1;
      this.tiers[result.tier] += 1;
      const wallet = wallets[position]!;
      const limit = limits[position]!;
      const atLeast = result.tier === 'L1' ? Math.max(limit.beforeS, limit.told) : limit.now;
      const { version } = result.value;
      if (result.value.wallet !== wallet)
        this.violations.push(`${result.tier}: ${wallet} got the value of ${result.value.wallet}`);
      if (version < atLeast)
        this.violations.push(
          `${result.tier}: process ${index} read ${wallet} version ${version}, ${atLeast} was acknowledged`,
        );
      if (version > this.source.get(wallet)!) this.violations.push(`${wallet} version ${version} does not exist yet`);
    }
  }

  private async load(process: ModelProcess, wallet: string): Promise<Versioned> {
    await this.step(`ask source for ${wallet}`);
    const version = this.source.get(wallet)!;
    await this.step(`answer ${wallet} version ${version}`);
    if (process.failNextLoad) {
      process.failNextLoad = false;
      throw new Error('the source failed');
    }
    return { wallet, version };
  }

  private async write(index: number, wallet: string, by: 'tag' | 'key' | 'prefix'): Promise<void> {
    const { cache, told } = this.processes[index]!;
    const version = this.source.get(wallet)! + 1;
    this.source.set(wallet, version);
    const outcome =
      by === 'tag'
        ? await cache.invalidator.invalidateByTag(`wallet:${wallet}`)
        : by === 'key'
          ? await cache.invalidator.invalidateKeys([balances.ref({ wallet })])
          : await cache.invalidator.invalidateByPattern('tokens:*');
    told.set(wallet, Math.max(version, told.get(wallet) ?? 0));
    if (outcome.status === 'applied') this.acknowledged.get(wallet)!.push({ version, atMs: this.clock.now() });
  }

  /** The newest version of the wallet acknowledged at or before a time. */
  private newestAcknowledged(wallet: string, atMs: number): number {
    let newest = 0;
    for (const one of this.acknowledged.get(wallet)!) if (one.atMs <= atMs) newest = Math.max(newest, one.version);
    return newest;
  }

  private startProcess(): ModelProcess {
    const tier = memoryTier(this.server, { clock: this.clock });
    const process: ModelProcess = {
      tier,
      told: new Map(),
      failNextLoad: false,
      loseNextReply: false,
      cache: undefined as never,
    };
    const cache = createCache({
      catalog: new Catalog([balances]),
      store: this.delayed(tier.store, process),
      bus: tier.bus,
      clock: this.clock,
      // Two wallets need no more, and tens of thousands of worlds are built.
      l1MaxBytes: 16_384,
    });
    cache.events.add({
      invalidationReceived: (tags) => {
        tell(process, this.publishedAt.get(tags) ?? new Map());
      },
      // After a gap nothing may be served that was asked for before it.
      flushed: () => tell(process, this.lastPublished),
    });
    return Object.assign(process, { cache });
  }

  /** What is valid after this message was read from a source that had these versions. */
  private notePublished(message: InvalidationMessage): void {
    const concerned = WALLETS.filter(
      (wallet) =>
        message.tags.includes('tokens:') ||
        message.tags.includes(`wallet:${wallet}`) ||
        message.keys.includes(`tokens:${wallet}`),
    );
    const versions = new Map(concerned.map((wallet) => [wallet, this.source.get(wallet)!]));
    this.publishedAt.set(message.tags, versions);
    for (const [wallet, version] of versions) this.lastPublished.set(wallet, version);
  }

  /** The store across a network: a command waits for its turn on the way there, and its answer on the way back. */
  private delayed(store: Store, process: ModelProcess): Store {
    const travel = async <T>(name: string, run: () => Promise<T>): Promise<T> => {
      await this.step(`send ${name}`);
      const result = await run();
      await this.step(`reply ${name}`);
      if (!process.loseNextReply) return result;
      process.loseNextReply = false;
      throw new Error('the reply was lost');
    };
    return {
      shared: true,
      readMany: (addresses) => travel('read', () => store.readMany(addresses)),
      leaseMany: (requests) => travel('lease', () => store.leaseMany(requests)),
      fillMany: (requests) => travel('fill', () => store.fillMany(requests)),
      release: (address, lease) => travel('release', () => store.release(address, lease)),
      renew: (address, lease, leaseMs) => travel('renew', () => store.renew(address, lease, leaseMs)),
      set: (request) => travel('set', () => store.set(request)),
      invalidate: (message) => travel('invalidate', () => store.invalidate(message)),
      inspect: (address) => travel('inspect', () => store.inspect(address)),
      subscribe: (events) => store.subscribe(events),
      close: () => store.close(),
    };
  }

  /** Messages reach each process in the order in which they were published, each process at its own pace. */
  private deliverInOrder(): (run: () => void) => void {
    const queues: Promise<unknown>[] = Array.from({ length: PROCESSES }, () => Promise.resolve());
    let turn = 0;
    return (run) => {
      const index = turn % PROCESSES;
      turn += 1;
      queues[index] = queues[index]!.then(() => this.step(`deliver to ${index}`)).then(run);
    };
  }

  /** A replica takes over that had seen everything up to the last `snapshot` only. */
  private failOver(): void {
    const image = this.image;
    this.server.flush();
    for (const [key, value] of image?.entries ?? []) this.server.entries.set(key, value, 3_600_000);
    for (const [key, value] of image?.versions ?? []) this.server.versions.set(key, value, 3_600_000);
    this.server.changeIdentity();
  }

  private copyOf(what: 'entries' | 'versions'): Map<string, Buffer> {
    const names =
      what === 'entries'
        ? WALLETS.map((wallet) => `tokens:${wallet}`)
        : [...WALLETS.map((wallet) => `wallet:${wallet}`), 'tokens:', '*'];
    const copy = new Map<string, Buffer>();
    for (const name of names) {
      const value = this.server[what].get(name);
      if (value !== undefined) copy.set(name, Buffer.from(value));
    }
    return copy;
  }
}

function tell(process: ModelProcess, versions: ReadonlyMap<string, number>): void {
  for (const [wallet, version] of versions) process.told.set(wallet, Math.max(version, process.told.get(wallet) ?? 0));
}
