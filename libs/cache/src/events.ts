/** Where an answer came from. `MISS`: the loader ran. `STALE`: an expired value served because the source was slow or failing. */
export type Tier = 'L1' | 'L2' | 'MISS' | 'STALE';

export type InvalidationKind = 'key' | 'tag' | 'pattern' | 'namespace' | 'all';
/** `applied`: acknowledged by the store. `queued`: it waits in the outbox because the store cannot be reached. */
export type InvalidationStatus = 'applied' | 'queued';
export type StaleReason = 'error' | 'timeout' | 'overload';
export type FillRefusal = 'lease' | 'full' | 'too-large' | 'invalidated' | 'store-down';
export type DecodeFault = 'garbage' | 'schema' | 'decrypt';
/**
 * What came of comparing a cached value with its source: it agrees, it differs within the age that its entry's contract
 * allows, it differs, it was replaced or invalidated meanwhile so that nothing can be said, or the source failed.
 */
export type Comparison = 'agree' | 'aged' | 'mismatch' | 'overtaken' | 'failed';
/** `used`: what was warmed was read before it expired. `skipped`: it was warm enough, or there was no call left for it. */
export type WarmOutcome = 'warmed' | 'failed' | 'skipped' | 'used';

/** How many L1 hits the entries of one name and one life have had since the first one. */
export interface L1HitCount {
  readonly name: string;
  readonly hits: number;
}

/** The same as its owner has it. */
export interface OwnL1HitCount extends L1HitCount {
  /** Hits before this count are told to nobody. */
  lookAt: number;
}

/**
 * What the cache tells of itself. Every method is optional and is called synchronously on the hot path:
 * it must be cheap and must not throw. `entry` is the catalog entry's name, or `(ad hoc)` for plain string keys.
 */
export interface CacheListener {
  /**
   * Each read is one hit or one miss, told when its answer is known. Who shared another's load or read had an L1 hit.
   * Hits of the first tier's own are not told to a listener that has `l1Hits`: to be told of each costs a tenth of it.
   */
  hit?(entry: string, key: string, tier: 'L1' | 'L2' | 'STALE', ageMs: number): void;
  /**
   * A hit of the first tier's own. Up to 10 000 a second of an entry each one is told; of more, some at random.
   * @param weight for how many it stands
   */
  l1Hits?(entry: string, key: string, weight: number, ageMs: number): void;
  /** The first hit of a value since the first tier has it; told besides. */
  l1FirstHit?(entry: string, key: string): void;
  /** Where the first tier's hits can be read at any time, exactly. Told when the listener is added, and when it is removed. */
  counting?(counts: readonly L1HitCount[], until: 'added' | 'removed'): void;
  /** The loader ran for this caller, or nothing could be served: an error is a miss too. */
  miss?(entry: string, key: string): void;
  /** A caller that shared another caller's load or read. */
  coalesced?(entry: string, key: string): void;
  /** How long a caller waited. @param weight for how many answers it stands: one L1 hit of an entry in 64 is timed, and every answer of another tier */
  answered?(entry: string, tier: Tier, durationMs: number, weight: number): void;
  loaded?(entry: string, key: string, durationMs: number): void;
  loadFailed?(entry: string, key: string, error: unknown): void;
  filled?(entry: string, key: string, bodyBytes: number, storedBytes: number): void;
  fillRefused?(entry: string, key: string, reason: FillRefusal): void;
  /** Once for all callers who share the read. */
  staleServed?(entry: string, key: string, reason: StaleReason, ageMs: number): void;
  /** A cached value of this age was compared with its source. */
  compared?(entry: string, key: string, result: Comparison, ageMs: number): void;
  decodeFailed?(entry: string, key: string, fault: DecodeFault): void;
  warmed?(entry: string, outcome: WarmOutcome): void;
  invalidated?(kind: InvalidationKind, names: readonly string[], status: InvalidationStatus, durationMs: number): void;
  /** An invalidation of another process arrived, or one was applied that had waited in the outbox. */
  invalidationReceived?(tags: readonly string[], keys: readonly string[]): void;
  flushed?(reason: 'sequence' | 'reconnect' | 'silence' | 'clear'): void;
  storeState?(state: 'up' | 'down' | 'breaker-open' | 'breaker-closed', cause?: unknown): void;
  storeFault?(operation: string, error: unknown): void;
}

/** Passes every event on to each registered listener; a listener that throws is left out of nothing and stops nobody. */
export class CacheEvents implements Required<Omit<CacheListener, 'counting'>> {
  /**
   * Where the first tier counts its hits: those of entries of one name and one life together, and beyond a thousand such
   * counts those of all others as `(other)`.
   */
  readonly l1Counts: OwnL1HitCount[] = [];
  private listeners: readonly CacheListener[] = [];
  /** Of thousands of hits a second only those are told who want to know. */
  private hitListeners: readonly CacheListener[] = [];
  private eachHitListeners: readonly CacheListener[] = [];

  /** Registers a listener; returns how to remove it. */
  add(listener: CacheListener): () => void {
    this.listen([...this.listeners, listener]);
    listener.counting?.(this.l1Counts, 'added');
    return () => {
      if (!this.listeners.includes(listener)) return;
      listener.counting?.(this.l1Counts, 'removed');
      this.listen(this.listeners.filter((other) => other !== listener));
    };
  }

  private listen(listeners: readonly CacheListener[]): void {
    this.listeners = listeners;
    this.hitListeners = listeners.filter((listener) => listener.hit !== undefined);
    this.eachHitListeners = this.hitListeners.filter((listener) => listener.l1Hits === undefined);
    for (const count of this.l1Counts) count.lookAt = 0;
  }

  /** Whether somebody is to be told of each hit of the first tier. */
  get wantsEachHit(): boolean {
    return this.eachHitListeners.length > 0;
  }

  hit(entry: string, key: string, tier: 'L1' | 'L2' | 'STALE', ageMs: number): void {
    tellHit(this.hitListeners, entry, key, tier, ageMs);
  }
  /** A hit of the first tier's own, for those who are told of each. */
  eachHit(entry: string, key: string, tier: 'L1', ageMs: number): void {
    tellHit(this.eachHitListeners, entry, key, tier, ageMs);
  }
  miss(entry: string, key: string): void {
    this.each((listener) => listener.miss?.(entry, key));
  }
  l1Hits(entry: string, key: string, weight: number, ageMs: number): void {
    this.each((listener) => listener.l1Hits?.(entry, key, weight, ageMs));
  }
  l1FirstHit(entry: string, key: string): void {
    this.each((listener) => listener.l1FirstHit?.(entry, key));
  }
  coalesced(entry: string, key: string): void {
    this.each((listener) => listener.coalesced?.(entry, key));
  }
  answered(entry: string, tier: Tier, durationMs: number, weight: number): void {
    this.each((listener) => listener.answered?.(entry, tier, durationMs, weight));
  }
  loaded(entry: string, key: string, durationMs: number): void {
    this.each((listener) => listener.loaded?.(entry, key, durationMs));
  }
  loadFailed(entry: string, key: string, error: unknown): void {
    this.each((listener) => listener.loadFailed?.(entry, key, error));
  }
  filled(entry: string, key: string, bodyBytes: number, storedBytes: number): void {
    this.each((listener) => listener.filled?.(entry, key, bodyBytes, storedBytes));
  }
  fillRefused(entry: string, key: string, reason: FillRefusal): void {
    this.each((listener) => listener.fillRefused?.(entry, key, reason));
  }
  staleServed(entry: string, key: string, reason: StaleReason, ageMs: number): void {
    this.each((listener) => listener.staleServed?.(entry, key, reason, ageMs));
  }
  compared(entry: string, key: string, result: Comparison, ageMs: number): void {
    this.each((listener) => listener.compared?.(entry, key, result, ageMs));
  }
  decodeFailed(entry: string, key: string, fault: DecodeFault): void {
    this.each((listener) => listener.decodeFailed?.(entry, key, fault));
  }
  warmed(entry: string, outcome: WarmOutcome): void {
    this.each((listener) => listener.warmed?.(entry, outcome));
  }
  invalidated(kind: InvalidationKind, names: readonly string[], status: InvalidationStatus, durationMs: number): void {
    this.each((listener) => listener.invalidated?.(kind, names, status, durationMs));
  }
  invalidationReceived(tags: readonly string[], keys: readonly string[]): void {
    this.each((listener) => listener.invalidationReceived?.(tags, keys));
  }
  flushed(reason: 'sequence' | 'reconnect' | 'silence' | 'clear'): void {
    this.each((listener) => listener.flushed?.(reason));
  }
  storeState(state: 'up' | 'down' | 'breaker-open' | 'breaker-closed', cause?: unknown): void {
    this.each((listener) => listener.storeState?.(state, cause));
  }
  storeFault(operation: string, error: unknown): void {
    this.each((listener) => listener.storeFault?.(operation, error));
  }

  private each(tell: (listener: CacheListener) => void): void {
    for (const listener of this.listeners) {
      try {
        tell(listener);
      } catch (error) {
        complain(error);
      }
    }
  }
}

/** As `each` does, without a function for every hit. */
function tellHit(
  listeners: readonly CacheListener[],
  entry: string,
  key: string,
  tier: 'L1' | 'L2' | 'STALE',
  ageMs: number,
): void {
  for (const listener of listeners) {
    try {
      listener.hit?.(entry, key, tier, ageMs);
    } catch (error) {
      complain(error);
    }
  }
}

/** A listener's mistake is nobody's failed read, and not silent either: Node prints it as a warning. */
function complain(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}
