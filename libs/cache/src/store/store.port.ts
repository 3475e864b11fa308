/**
 * The second tier (L2). Everything that decides whether a value may be served happens in one atomic step of the store;
 * the manager only compares bytes. See PROTOCOL in the library's README: stamps, versions, leases, identity.
 */

/** Where an entry lives: its full key (namespace included) and the tags its stamp is made of, in a fixed order. */
export interface Address {
  readonly key: string;
  /** Every tag the entry depends on, implicit ones included, in the order of the stamp. */
  readonly tags: readonly string[];
}

/**
 * The versions of an address's tags and the identity of the store, as they stood at one moment.
 * `versions[i]` is the 8-byte version of `tags[i]`, or null where it is missing (then no stamp can match).
 */
export interface Versions {
  /** 8 bytes that change whenever the store may have lost or regained writes (restart, failover). */
  readonly identity: Buffer;
  readonly versions: readonly (Buffer | null)[];
  /** The store's own wall clock, ms: ages are measured on it. */
  readonly nowMs: number;
}

/** What one read saw: the raw envelope (null: nothing there) and the versions beside it. */
export interface Snapshot extends Versions {
  readonly envelope: Buffer | null;
}

/** The right to load one key, for one caller in the whole fleet, with the stamp it was granted under. */
export interface Lease {
  /** 16 random bytes, fresh for each load. */
  readonly token: Buffer;
  /** identity (8 bytes) followed by one version (8 bytes) a tag. */
  readonly stamp: Buffer;
}

/**
 * How a lease is taken:
 * - `missing`: only when there is no servable entry, and the lease is free or its stamp no longer matches;
 * - `refresh`: the same, but a present entry does not stand in the way (early refresh);
 * - `always`: whoever held it loses it (mode `fresh`).
 */
export type LeaseIntent = 'missing' | 'refresh' | 'always';

export interface LeaseRequest extends Address {
  readonly intent: LeaseIntent;
  readonly leaseMs: number;
  /** Also tell the block height that was demanded of this address's tags. */
  readonly withHeight: boolean;
}

export type LeaseReply =
  | { readonly kind: 'granted'; readonly lease: Lease; readonly nowMs: number; readonly minHeight: number | null }
  /** Somebody else loads; `remainingMs` is what is left of their lease. A wake-up will be published when they end. */
  | { readonly kind: 'held'; readonly remainingMs: number }
  /** Somebody filled it in the meantime: an envelope whose stamp matches and which is within its fresh life. */
  | { readonly kind: 'present'; readonly snapshot: Snapshot };

export interface FillRequest extends Address {
  readonly lease: Lease;
  readonly envelope: Buffer;
  /** How long the store keeps it: what is left of fresh + grace. */
  readonly lifeMs: number;
}

/** `refused`: the lease is no longer ours or its stamp no longer matches; nothing was written, the lease is released. */
export type FillOutcome = 'filled' | 'refused' | 'full';

export interface SetRequest extends Address {
  /** The envelope up to its stamp; the store appends its clock, identity and versions, then `tail` (see envelope.ts). */
  readonly head: Buffer;
  readonly tail: Buffer;
  readonly lifeMs: number;
  readonly message: InvalidationMessage;
}

/** What goes over the bus to every process, and is applied by the store in the same atomic step. */
export interface InvalidationMessage {
  readonly tags: readonly string[];
  readonly keys: readonly string[];
  /** No value older than this block may be cached for these tags again, except briefly. */
  readonly minHeight?: number;
}

export interface EntryInfo {
  readonly pttlMs: number;
  readonly lease: { readonly remainingMs: number } | null;
  readonly snapshot: Snapshot;
}

/** How the store tells what happened to it. */
export interface StoreEvents {
  /** Usable (again): connected and the identity is known. */
  up(): void;
  /** Not usable: every command fails fast until `up`. */
  down(cause: unknown): void;
}

/**
 * Promise of every implementation (contract suite: `@chaincache/cache/testing`):
 * each method is atomic for one key; all reject with CacheError `STORE_UNAVAILABLE` rather than hang.
 */
export interface Store {
  /** False for the null store: then S does not apply and L1 lives as long as fresh + grace. */
  readonly shared: boolean;
  /**
   * One round trip for any number of addresses (on a cluster one to each shard). Null for what a shard that does not
   * answer holds; rejects when nothing could be read.
   */
  readMany(addresses: readonly Address[]): Promise<readonly (Snapshot | null)[]>;
  leaseMany(requests: readonly LeaseRequest[]): Promise<readonly LeaseReply[]>;
  fillMany(requests: readonly FillRequest[]): Promise<readonly FillOutcome[]>;
  /** Gives leases back without a value and wakes those who wait. */
  release(address: Address, lease: Lease): Promise<void>;
  /** Extends an own lease; false when it is no longer ours. Never re-creates it. */
  renew(address: Address, lease: Lease, leaseMs: number): Promise<boolean>;
  /** Unconditional write for keys without a loader; mints, writes, drops the lease and publishes in one step. Never resent. */
  set(request: SetRequest): Promise<FillOutcome>;
  /** Deletes versions, entries and leases and publishes; resolves once every copy is gone, with how many there were. */
  invalidate(message: InvalidationMessage): Promise<{ readonly deleted: number }>;
  inspect(address: Address): Promise<EntryInfo>;
  /** Registers for state changes; returns how to stop. */
  subscribe(events: StoreEvents): () => void;
  close(): Promise<void>;
}
