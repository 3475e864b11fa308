import { randomBytes, randomUUID } from 'node:crypto';
import { MemoryBus } from '../bus/memory.bus.js';
import type { MemoryBusOptions } from '../bus/memory.bus.js';
import { CacheError } from '../errors.js';
import { stampOf } from '../protocol/stamp.js';
import { isServable, MemoryServer } from './memory.server.js';
import { HEIGHT_LIFE_MS, MIN_VERSION_LIFE_MS, VERSION_MARGIN_MS } from './store.lifetimes.js';
import type {
  Address,
  EntryInfo,
  FillOutcome,
  FillRequest,
  InvalidationMessage,
  Lease,
  LeaseReply,
  LeaseRequest,
  SetRequest,
  Snapshot,
  Store,
  StoreEvents,
  Versions,
} from './store.port.js';

const TOKEN_BYTES = 16;

/**
 * A second tier within the process, with the semantics of the Redis one. Each simulated process takes its own
 * `memoryTier(server)`; what they share is the server.
 */
export class MemoryStore implements Store {
  readonly shared = true;

  constructor(
    private readonly server: MemoryServer,
    private readonly bus: MemoryBus,
  ) {}

  async readMany(addresses: readonly Address[]): Promise<readonly Snapshot[]> {
    this.checkAvailable();
    return addresses.map((address) => this.server.snapshot(address));
  }

  async leaseMany(requests: readonly LeaseRequest[]): Promise<readonly LeaseReply[]> {
    this.checkAvailable();
    return requests.map((request) => this.lease(request));
  }

  async fillMany(requests: readonly FillRequest[]): Promise<readonly FillOutcome[]> {
    this.checkAvailable();
    return requests.map((request) => this.fill(request));
  }

  async release(address: Address, lease: Lease): Promise<void> {
    this.checkAvailable();
    if (this.isOwn(address.key, lease)) this.settle(address.key);
  }

  async renew(address: Address, lease: Lease, leaseMs: number): Promise<boolean> {
    this.checkAvailable();
    if (!this.isOwn(address.key, lease)) return false;
    this.server.leases.set(address.key, this.server.leases.get(address.key)!, leaseMs);
    return true;
  }

  async set(request: SetRequest): Promise<FillOutcome> {
    this.checkAvailable();
    const { key, head, tail, lifeMs, message } = request;
    const { server } = this;
    this.settle(key);
    server.entries.delete(key);
    this.bus.publishInvalidation(message);
    if (server.full) return 'full';
    const stamp = server.mint(request, lifeMs + VERSION_MARGIN_MS);
    for (const tag of request.tags) server.versions.extend(tag, lifeMs + VERSION_MARGIN_MS);
    const filledAt = Buffer.alloc(6);
    filledAt.writeUIntBE(server.nowMs(), 0, 6);
    server.entries.set(key, Buffer.concat([head, filledAt, stamp, tail]), lifeMs);
    return 'filled';
  }

  async invalidate(message: InvalidationMessage): Promise<{ readonly deleted: number }> {
    this.checkAvailable();
    const { server } = this;
    let deleted = 0;
    for (const tag of message.tags) {
      if (server.versions.delete(tag)) deleted += 1;
      if (message.minHeight !== undefined) {
        server.heights.set(tag, Math.max(message.minHeight, server.heights.get(tag) ?? 0), HEIGHT_LIFE_MS);
      }
    }
    for (const key of message.keys) {
      if (server.entries.delete(key)) deleted += 1;
      this.settle(key);
    }
    this.bus.publishInvalidation(message);
    return { deleted };
  }

  async inspect(address: Address): Promise<EntryInfo> {
    this.checkAvailable();
    const remainingMs = this.server.leases.remainingMs(address.key);
    return {
      pttlMs: this.server.entries.remainingMs(address.key),
      lease: remainingMs < 0 ? null : { remainingMs },
      snapshot: this.server.snapshot(address),
    };
  }

  subscribe(events: StoreEvents): () => void {
    return this.server.watch(events);
  }

  async close(): Promise<void> {
    await this.bus.close();
  }

  private lease(request: LeaseRequest): LeaseReply {
    const { server } = this;
    const snapshot = server.snapshot(request);
    if (request.intent === 'missing' && isServable(snapshot)) return { kind: 'present', snapshot };

    const held = server.leases.get(request.key);
    const doomed = held !== undefined && !stampsEqual(held.lease.stamp, snapshot);
    if (held !== undefined && !doomed && request.intent !== 'always') {
      held.waited = true;
      return { kind: 'held', remainingMs: server.leases.remainingMs(request.key) };
    }
    const token = randomBytes(TOKEN_BYTES);
    const lease = { token, stamp: server.mint(request, Math.max(request.leaseMs, MIN_VERSION_LIFE_MS)) };
    server.leases.set(request.key, { lease, waited: held?.waited ?? false }, request.leaseMs);
    return { kind: 'granted', lease, nowMs: snapshot.nowMs, minHeight: this.minHeight(request) };
  }

  private fill({ key, tags, lease, envelope, lifeMs }: FillRequest): FillOutcome {
    const { server } = this;
    if (!this.isOwn(key, lease)) return 'refused';
    this.settle(key);
    if (!stampsEqual(lease.stamp, server.snapshot({ key, tags }))) return 'refused';
    if (server.full) return 'full';
    server.entries.set(key, Buffer.from(envelope), lifeMs);
    for (const tag of tags) server.versions.extend(tag, lifeMs + VERSION_MARGIN_MS);
    return 'filled';
  }

  private minHeight(request: LeaseRequest): number | null {
    if (!request.withHeight) return null;
    const heights = request.tags.map((tag) => this.server.heights.get(tag) ?? -1);
    const highest = Math.max(-1, ...heights);
    return highest < 0 ? null : highest;
  }

  /** Ends whatever load of the key runs and wakes those who wait for it. */
  private settle(key: string): void {
    const held = this.server.leases.get(key);
    this.server.leases.delete(key);
    if (held?.waited) this.bus.publishSettled(key);
  }

  private isOwn(key: string, lease: Lease): boolean {
    const held = this.server.leases.get(key);
    return held !== undefined && held.lease.token.equals(lease.token) && held.lease.stamp.equals(lease.stamp);
  }

  private checkAvailable(): void {
    if (!this.server.available) throw new CacheError('STORE_UNAVAILABLE', 'The memory server was made unavailable');
  }
}

function stampsEqual(stamp: Buffer, present: Versions): boolean {
  return stampOf(present)?.equals(stamp) ?? false;
}

export interface MemoryTier {
  readonly store: Store;
  readonly bus: MemoryBus;
  close(): Promise<void>;
}

/** One process's second tier: a store and a bus that know each other. Several tiers may share a server. */
export function memoryTier(server: MemoryServer = new MemoryServer(), options: MemoryBusOptions = {}): MemoryTier {
  const bus = new MemoryBus(server.channel, randomUUID(), { clock: server.clock, ...options });
  const store = new MemoryStore(server, bus);
  return { store, bus, close: () => store.close() };
}
