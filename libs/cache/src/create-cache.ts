import { BodyCodec } from './encoding/body.codec.js';
import type { Bus } from './bus/bus.port.js';
import { CacheInvalidator } from './cache-invalidator.js';
import { CacheManager } from './cache-manager.js';
import { Catalog, policyOf, type CatalogEntry, type EntryOptions, type EntryPolicy } from './catalog.js';
import { systemClock, type Clock } from './clock.js';
import { HeightDemands } from './protocol/demands.js';
import { Encryption, type EncryptionOptions } from './encoding/encryption.codec.js';
import { CacheError } from './errors.js';
import { CacheEvents } from './events.js';
import { Explainer } from './read/explainer.js';
import { Filler } from './load/filler.js';
import { FlightControl } from './read/flight-control.js';
import { HitEvents } from './read/hit-events.js';
import { HitReader } from './hit-reader.js';
import { Keeper } from './load/keeper.js';
import type { L1Life } from './read/l1-family.js';
import { L1Tier } from './read/l1-tier.js';
import { L2Tier } from './read/l2-tier.js';
import { Loading } from './load/loading.js';
import { Lookup } from './read/lookup.js';
import { LocalInvalidation } from './local-invalidation.js';
import { OutboxRelay } from './outbox/outbox-relay.js';
import { MemoryOutbox } from './outbox/memory.outbox.js';
import type { Outbox } from './outbox/outbox.port.js';
import { OriginLimiter } from './resilience/origin-limiter.js';
import { StaleServing } from './read/stale-serving.js';
import type { Store } from './store/store.port.js';
import { Wakeups } from './load/wakeups.js';
import { Writer } from './load/writer.js';

/** Everything is optional: without a store the cache works in one process, with the same semantics. */
export interface CacheOptions {
  /** The typed table of entries. Default: none, plain string keys only. */
  readonly catalog?: Catalog;
  /** The second tier and the bus between processes; both come from `redisTier` (`@chaincache/cache/redis`). */
  readonly store?: Store;
  readonly bus?: Bus;
  /** Where invalidations wait that could not be applied. Default: this process's memory. */
  readonly outbox?: Outbox;
  readonly clock?: Clock;
  /** Bound of L1, bytes. Default 64 MiB. */
  readonly l1MaxBytes?: number;
  /** Options that replace a catalog entry's own, by entry name. */
  readonly overrides?: Readonly<Record<string, EntryOptions>>;
  /** Keys for entries marked `sensitive`, the current one first. */
  readonly encryption?: EncryptionOptions;
}

const DEFAULT_L1_BYTES = 64 * 1024 * 1024;

/** A running cache. */
export interface Cache {
  readonly manager: CacheManager;
  /** For those who keep an answer ready for each fill, such as `@chaincache/cache/http`. */
  readonly hits: HitReader;
  readonly invalidator: CacheInvalidator;
  readonly events: CacheEvents;
  readonly catalog: Catalog;
  /** `none` without a store; `down` while reads do not use it: unreachable, or the outbox is not yet applied. */
  storeState(): 'up' | 'down' | 'none';
  /** L1's present size. */
  l1Usage(): { readonly bytes: number; readonly entries: number; readonly maxBytes: number };
  /** Ms since the bus was last heard; null without a bus. */
  busSilenceMs(): number | null;
  /** Looks at the outbox now: after a transaction that wrote to it was committed. */
  relayOutbox(): Promise<void>;
  /** Begins to relay the outbox; resolves once it was looked at for the first time. Reads work before it too. */
  start(): Promise<void>;
  /** Ends timers and connections. Idempotent. */
  close(): Promise<void>;
}

/**
 * Wires a cache.
 * @throws CacheError `CATALOG` for an override of an unknown entry, or a sensitive entry without encryption keys; `INVALID_OPTION`
 */
export function createCache(options: CacheOptions = {}): Cache {
  const catalog = options.catalog ?? new Catalog();
  const clock = options.clock ?? systemClock;
  const outbox = options.outbox ?? new MemoryOutbox(clock);
  const policies = effectivePolicies(catalog, options);
  const policyFor = (entry: CatalogEntry<unknown>): EntryPolicy => policies.get(entry) ?? entry.policy;
  const limiters = new WeakMap<CatalogEntry<unknown>, OriginLimiter>();
  const limiterOf = (entry: CatalogEntry<unknown>): OriginLimiter => {
    let limiter = limiters.get(entry);
    if (limiter === undefined) {
      limiter = new OriginLimiter(entry.name, policyFor(entry).concurrency);
      limiters.set(entry, limiter);
    }
    return limiter;
  };
  const attached = options.store !== undefined;
  const stalenessOf = (entry: CatalogEntry<unknown>): number => (attached ? policyFor(entry).stalenessMs : Infinity);

  const events = new CacheEvents();
  const codec = new BodyCodec(options.encryption === undefined ? null : new Encryption(options.encryption));
  const lifeOf = (entry: CatalogEntry<unknown>): L1Life => ({
    stalenessMs: stalenessOf(entry),
    graceMs: policyFor(entry).graceMs,
  });
  const l1 = new L1Tier(clock, options.l1MaxBytes ?? DEFAULT_L1_BYTES, lifeOf, events.l1Counts);
  const l2 = new L2Tier(options.store ?? null, clock, events);
  const lookup = new Lookup(l1, l2, codec, policyFor, events, clock);
  const demands = new HeightDemands(clock);
  const wakeups = new Wakeups(clock);
  l2.onLoss = () => wakeups.wakeAll();
  const keeper = new Keeper(l1, clock);
  const filler = new Filler(l2, codec, keeper, demands, wakeups, events, clock);
  const stale = new StaleServing(l2, lookup, events, clock, (flight) => stalenessOf(flight.ref.entry));
  const loading = new Loading(l1, l2, lookup, keeper, filler, stale, wakeups, events, clock, limiterOf);
  const explainer = new Explainer(l1, l2, lookup, clock);
  const local = new LocalInvalidation(l1, demands, explainer, events);
  const relay = new OutboxRelay(outbox, local, l2, events, clock);
  const invalidator = new CacheInvalidator(catalog, local, l2, lookup, outbox, relay, events, clock);
  const control = new FlightControl(l1, l2, lookup, loading, keeper, stale, policyFor, events, clock);
  const writer = new Writer(l1, l2, control, codec, keeper, invalidator, outbox, events);
  const hitEvents = new HitEvents(events, clock);
  const manager = new CacheManager(
    catalog,
    l1,
    lookup,
    control,
    writer,
    invalidator,
    explainer,
    events,
    hitEvents,
    clock,
  );
  const hits = new HitReader(manager, l1, l2, lookup, control, keeper, hitEvents, events, clock);

  const unsubscribe = options.bus?.subscribe({
    invalidated: (message, from) => local.receive(message, from),
    settled: (key) => wakeups.wake(key),
    gap: (reason) => {
      l1.flush();
      events.flushed(reason);
    },
  });

  // The store may have said that it is up before there was anybody to decide whether to believe it.
  void relay.runPass();

  let closing: Promise<void> | null = null;
  return {
    manager,
    hits,
    invalidator,
    events,
    catalog,
    storeState: () => (attached ? (l2.usable ? 'up' : 'down') : 'none'),
    l1Usage: () => ({ bytes: l1.store.bytes, entries: l1.store.entries, maxBytes: l1.store.maxBytes }),
    busSilenceMs: () => options.bus?.silenceMs() ?? null,
    relayOutbox: () => relay.runPass(),
    start: () => relay.start(),
    close: () =>
      (closing ??= (async () => {
        unsubscribe?.();
        await relay.stop();
        await options.bus?.close();
        await l2.close();
        await outbox.close();
      })()),
  };
}

function effectivePolicies(catalog: Catalog, options: CacheOptions): Map<CatalogEntry<unknown>, EntryPolicy> {
  const policies = new Map<CatalogEntry<unknown>, EntryPolicy>();
  for (const [name, override] of Object.entries(options.overrides ?? {})) {
    const entry = catalog.get(name);
    if (entry === undefined) {
      throw new CacheError(
        'CATALOG',
        `there is no entry "${name}" to override: the entries are ${catalog.names().join(', ') || '(none)'}`,
      );
    }
    policies.set(entry, policyOf(name, { ...entry.options, ...override }));
  }
  for (const entry of catalog.entries) {
    if (
      (policies.get(entry) ?? entry.policy).sensitive &&
      options.encryption === undefined &&
      options.store !== undefined
    ) {
      throw new CacheError(
        'CATALOG',
        `entry "${entry.name}" is sensitive, but there are no encryption keys: set \`encryption.keys\``,
      );
    }
  }
  return policies;
}
