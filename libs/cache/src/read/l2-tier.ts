import type { Clock } from '../clock.js';
import type { CacheEvents } from '../events.js';
import { CacheError } from '../errors.js';
import { Breaker } from '../resilience/breaker.js';
import { KnownIdentities } from './known.identities.js';
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
  private doubtCount = 0;
  private wasLost = false;
  private readonly identities = new KnownIdentities();
  /** Called when the store is lost. */
  onLoss: () => void = () => {};
  /** Called when the store is reachable again, and when another server answers than before; set by the relay. */
  onReturn: () => void = () => {};
  onIdentityChange: (change: 'new' | 'returned') => void = () => {};

  constructor(
    private readonly store: Store | null,
    clock: Clock,
    private readonly events: CacheEvents,
  ) {
    this.breaker = new Breaker(
      clock,
      () => this.requireStore().readMany(PROBE),
      (open, cause) => {
        if (open) this.doubt();
        this.events.storeState(open ? 'breaker-open' : 'breaker-closed', cause);
        if (open) this.onLoss();
        else this.onReturn();
      },
    );
    this.unsubscribe =
      store?.subscribe({
        up: () => {
          this.events.storeState('up');
          this.doubt();
          if (this.breaker.isOpen) this.breaker.probeNow();
          else this.onReturn();
        },
        down: (cause) => {
          this.events.storeState('down', cause);
          this.wasLost = true;
          this.identities.lost();
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

  /** How often there was a reason for doubt: what was found out before the last one does not count. */
  get doubts(): number {
    return this.doubtCount;
  }

  /**
   * After a doubt, finds out which server answers now: another one than before is told by `onIdentityChange`.
   * @returns whether it is known, or is the first one (there may be no second tier)
   */
  async recognize(): Promise<boolean> {
    if (this.believed || this.store === null) return true;
    const isFirst = this.identities.isEmpty;
    const recognized = this.look();
    // Nothing can be missing from the first one: nobody needs to wait, at a start of all times.
    return isFirst || recognized;
  }

  /** The outbox holds nothing that the store has not seen. @param doubts as they were before the outbox was looked at */
  believe(doubts: number): void {
    if (this.reachable && doubts === this.doubtCount) this.believed = true;
  }

  /** The outbox holds something old: what the store answers may have been invalidated. */
  doubt(): void {
    this.believed = false;
    this.doubtCount += 1;
  }

  /** @returns null for what could not be read; null for all when the store did not answer or is not believed */
  async readMany(addresses: readonly Address[]): Promise<readonly (Snapshot | null)[] | null> {
    if (!this.usable) return null;
    const doubts = this.doubtCount;
    const snapshots = await this.attempt('read', (store) => store.readMany(addresses));
    if (snapshots === null || snapshots.length === 0) return snapshots;
    this.watchIdentities(snapshots);
    if (this.doubtCount !== doubts) return null;
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

  private async look(): Promise<boolean> {
    const snapshots = await this.attempt('read', (store) => store.readMany(PROBE));
    if (snapshots === null) return false;
    this.watchIdentities(snapshots);
    return true;
  }

  private watchIdentities(snapshots: readonly (Snapshot | null)[]): void {
    let seen: Buffer | null = null;
    for (const snapshot of snapshots) {
      if (snapshot === null || snapshot.identity === seen) continue;
      seen = snapshot.identity;
      this.watchIdentity(seen);
    }
  }

  private watchIdentity(identity: Buffer): void {
    const sighting = this.identities.see(identity);
    if (sighting === 'known') return;
    // A shard's first answer is no reason for doubt; another server behind a new connection is.
    if (this.wasLost) this.doubt();
    this.onIdentityChange(sighting);
  }

  private requireStore(): Store {
    if (this.store === null) throw new CacheError('STORE_UNAVAILABLE', 'this cache has no second tier');
    return this.store;
  }
}
