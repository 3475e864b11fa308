import type { Clock } from '../clock.js';
import type { CacheEvents } from '../events.js';
import { CacheError } from '../errors.js';
import { Breaker } from '../resilience/breaker.js';
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
} from '../store/store.port.js';

/** More than a Cluster has shards, with room for those before a failover. */
const MOST_IDENTITIES = 1_024;
const PROBE: readonly Address[] = [{ key: 'probe', tags: [] }];

/**
 * The second tier as the manager sees it: every fault of the store is an event and a null, never an exception on a
 * read path, and nobody waits for a store that does not answer. After an outage it is not believed until the outbox
 * has been applied (`believe`).
 */
export class L2Tier {
  private readonly breaker: Breaker;
  private readonly unsubscribe: () => void;
  private believed = true;
  /** Of the shards, as far as they were seen, and of those before. */
  private readonly identities: Buffer[] = [];
  /** Called when the store is lost. */
  onLoss: () => void = () => {};
  /** Called when the store is reachable again, and when its identity changed; set by the relay. */
  onReturn: () => void = () => {};
  onIdentityChange: () => void = () => {};

  constructor(
    private readonly store: Store | null,
    clock: Clock,
    private readonly events: CacheEvents,
  ) {
    this.breaker = new Breaker(
      clock,
      () => this.requireStore().readMany(PROBE),
      (open, cause) => {
        if (open) this.believed = false;
        this.events.storeState(open ? 'breaker-open' : 'breaker-closed', cause);
        if (open) this.onLoss();
        else this.onReturn();
      },
    );
    this.unsubscribe =
      store?.subscribe({
        up: () => {
          this.events.storeState('up');
          this.believed = false;
          if (this.breaker.isOpen) this.breaker.probeNow();
          else this.onReturn();
        },
        down: (cause) => {
          this.events.storeState('down', cause);
          this.breaker.open(cause);
        },
      }) ?? (() => {});
  }

  /** Whether there is a second tier at all. Without one, S does not apply. */
  get attached(): boolean {
    return this.store !== null;
  }

  /** Whether commands get through. Invalidations are sent as soon as they do, even before reads are believed. */
  get reachable(): boolean {
    return this.store !== null && !this.breaker.isOpen;
  }

  /** Whether reads may use it: reachable, and no invalidation of ours is still waiting to be applied. */
  get usable(): boolean {
    return this.believed && this.reachable;
  }

  /** The outbox holds nothing that the store has not seen. */
  believe(): void {
    this.believed = true;
  }

  /** The outbox holds something old: what the store answers may have been invalidated. */
  doubt(): void {
    this.believed = false;
  }

  /** @returns null for what could not be read; null for all when the store did not answer */
  async readMany(addresses: readonly Address[]): Promise<readonly (Snapshot | null)[] | null> {
    const snapshots = await this.attempt('read', (store) => store.readMany(addresses));
    if (snapshots === null || snapshots.length === 0) return snapshots;
    this.watchIdentities(snapshots);
    if (snapshots.includes(null)) this.events.storeFault('read', new Error('a part of the store does not answer'));
    return snapshots;
  }

  leaseMany(requests: readonly LeaseRequest[]): Promise<readonly LeaseReply[] | null> {
    return this.attempt('lease', (store) => store.leaseMany(requests));
  }

  fillMany(requests: readonly FillRequest[]): Promise<readonly FillOutcome[] | null> {
    return this.attempt('fill', (store) => store.fillMany(requests));
  }

  async release(address: Address, lease: Lease): Promise<void> {
    await this.attempt('release', (store) => store.release(address, lease));
  }

  renew(address: Address, lease: Lease, leaseMs: number): Promise<boolean | null> {
    return this.attempt('renew', (store) => store.renew(address, lease, leaseMs));
  }

  set(request: SetRequest): Promise<FillOutcome | null> {
    return this.attempt('set', (store) => store.set(request));
  }

  invalidate(message: InvalidationMessage): Promise<{ readonly deleted: number } | null> {
    return this.attempt('invalidate', (store) => store.invalidate(message));
  }

  inspect(address: Address): Promise<EntryInfo | null> {
    return this.attempt('inspect', (store) => store.inspect(address));
  }

  async close(): Promise<void> {
    this.unsubscribe();
    this.breaker.dispose();
    await this.store?.close();
  }

  private async attempt<T>(operation: string, run: (store: Store) => Promise<T>): Promise<T | null> {
    if (!this.reachable) return null;
    try {
      const result = await run(this.requireStore());
      this.breaker.succeeded();
      return result;
    } catch (error) {
      this.events.storeFault(operation, error);
      this.breaker.failed(error);
      return null;
    }
  }

  /** A Cluster has an identity for each shard: only one that was never seen before is a change. */
  private watchIdentities(snapshots: readonly (Snapshot | null)[]): void {
    let seen: Buffer | null = null;
    for (const snapshot of snapshots) {
      if (snapshot === null || snapshot.identity === seen) continue;
      seen = snapshot.identity;
      this.watchIdentity(seen);
    }
  }

  private watchIdentity(identity: Buffer): void {
    if (this.identities.some((known) => known.equals(identity))) return;
    const isFirst = this.identities.length === 0;
    // Copied: the buffer may be a slice of a network chunk.
    this.identities.push(Buffer.from(identity));
    if (this.identities.length > MOST_IDENTITIES) this.identities.shift();
    if (!isFirst) this.onIdentityChange();
  }

  private requireStore(): Store {
    if (this.store === null) throw new CacheError('STORE_UNAVAILABLE', 'this cache has no second tier');
    return this.store;
  }
}
