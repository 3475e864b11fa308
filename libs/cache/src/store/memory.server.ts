import { randomBytes } from 'node:crypto';
import { systemClock } from '../clock.js';
import type { Clock } from '../clock.js';
import { MemoryChannel } from '../bus/memory.bus.js';
import { decodeEnvelope, STAMP_OFFSET } from '../protocol/envelope.js';
import { stampMatches, stampOf, WORD_BYTES } from '../protocol/stamp.js';
import type { Address, Lease, Snapshot, StoreEvents } from './store.port.js';

/** What a memory server keeps of a running load. */
export interface HeldLease {
  readonly lease: Lease;
  /** Somebody was told `held`: the end must be published. */
  waited: boolean;
}

export interface MemoryServerOptions {
  readonly clock?: Clock;
  readonly channel?: MemoryChannel;
}

interface Slot<V> {
  readonly value: V;
  readonly expiresAtMs: number;
}

/** The wall clock of every memory server begins here, so that simulations repeat. */
const EPOCH_MS = 1_700_000_000_000;

/** The state that several memory stores share, as several processes share one Redis. Nothing here outlives the process. */
export class MemoryServer {
  readonly channel: MemoryChannel;
  readonly entries: ExpiringMap<Buffer>;
  readonly versions: ExpiringMap<Buffer>;
  readonly leases: ExpiringMap<HeldLease>;
  readonly heights: ExpiringMap<number>;
  /** While true, nothing more can be written, as at `maxmemory` without eviction. */
  full = false;
  readonly clock: Clock;
  private identity = randomBytes(WORD_BYTES);
  private isAvailable = true;
  private watchers: readonly StoreEvents[] = [];

  constructor(options: MemoryServerOptions = {}) {
    this.clock = options.clock ?? systemClock;
    this.channel = options.channel ?? new MemoryChannel();
    const nowMs = (): number => this.nowMs();
    this.entries = new ExpiringMap(nowMs);
    this.versions = new ExpiringMap(nowMs);
    this.leases = new ExpiringMap(nowMs);
    this.heights = new ExpiringMap(nowMs);
  }

  nowMs(): number {
    return EPOCH_MS + Math.floor(this.clock.now());
  }

  get available(): boolean {
    return this.isAvailable;
  }

  /** From now on every method of every store rejects, until `recover`. */
  breakDown(cause: unknown): void {
    this.isAvailable = false;
    for (const watcher of this.watchers) watcher.down(cause);
  }

  recover(): void {
    this.isAvailable = true;
    for (const watcher of this.watchers) watcher.up();
  }

  watch(events: StoreEvents): () => void {
    this.watchers = [...this.watchers, events];
    if (this.isAvailable) events.up();
    return () => {
      this.watchers = this.watchers.filter((other) => other !== events);
    };
  }

  /** A restart or a failover that kept the data: nothing that was stamped before can match again. */
  changeIdentity(): void {
    this.identity = randomBytes(WORD_BYTES);
  }

  /** Everything is gone, the identity stays (FLUSHALL). */
  flush(): void {
    for (const map of [this.entries, this.versions, this.leases, this.heights]) map.clear();
  }

  snapshot(address: Address): Snapshot {
    return {
      envelope: this.entries.get(address.key) ?? null,
      identity: this.identity,
      versions: address.tags.map((tag) => this.versionOf(tag)),
      nowMs: this.nowMs(),
    };
  }

  /** Makes up the versions that are missing, at random: one that was deleted never comes back. */
  mint(address: Address, lifeMs: number): Buffer {
    for (const tag of address.tags) {
      if (this.versionOf(tag) === null) this.versions.set(tag, randomBytes(WORD_BYTES), lifeMs);
    }
    return stampOf(this.snapshot(address))!;
  }

  /** What is there but is no version counts as missing. */
  private versionOf(tag: string): Buffer | null {
    const version = this.versions.get(tag);
    return version?.length === WORD_BYTES ? version : null;
  }
}

/** Whether the snapshot's entry is one: it decodes, its stamp matches, and it is within its fresh life. */
export function isServable(snapshot: Snapshot): boolean {
  if (snapshot.envelope === null) return false;
  const entry = decodeEnvelope(snapshot.envelope);
  return (
    entry !== null &&
    stampMatches(snapshot.envelope, STAMP_OFFSET, entry.tagCount, snapshot) &&
    snapshot.nowMs < entry.filledAtMs + entry.freshMs
  );
}

/** A map whose values end by themselves. */
export class ExpiringMap<V> {
  private readonly slots = new Map<string, Slot<V>>();

  constructor(private readonly nowMs: () => number) {}

  get(key: string): V | undefined {
    const slot = this.slots.get(key);
    if (slot === undefined) return undefined;
    if (this.nowMs() < slot.expiresAtMs) return slot.value;
    this.slots.delete(key);
    return undefined;
  }

  set(key: string, value: V, lifeMs: number): void {
    this.slots.set(key, { value, expiresAtMs: this.nowMs() + lifeMs });
  }

  /** Ms left; -2 when there is nothing, as Redis has it. */
  remainingMs(key: string): number {
    return this.get(key) === undefined ? -2 : this.slots.get(key)!.expiresAtMs - this.nowMs();
  }

  /** Lengthens a life, never shortens it. */
  extend(key: string, lifeMs: number): void {
    const value = this.get(key);
    if (value !== undefined && this.remainingMs(key) < lifeMs) this.set(key, value, lifeMs);
  }

  /** Whether there was something. */
  delete(key: string): boolean {
    const present = this.get(key) !== undefined;
    this.slots.delete(key);
    return present;
  }

  clear(): void {
    this.slots.clear();
  }
}
