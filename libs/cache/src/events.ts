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

/**
 * What the cache tells of itself. Every method is optional and is called synchronously on the hot path:
 * it must be cheap and must not throw. `entry` is the catalog entry's name, or `(ad hoc)` for plain string keys.
 */
export interface CacheListener {
  /** Each read is one hit or one miss, told when its answer is known. Who shared another's load or read had an L1 hit. */
  hit?(entry: string, key: string, tier: 'L1' | 'L2' | 'STALE', ageMs: number): void;
  /** The loader ran for this caller, or nothing could be served: an error is a miss too. */
  miss?(entry: string, key: string): void;
  /** A caller that shared another caller's load or read. */
  coalesced?(entry: string, key: string): void;
  /** How long a caller waited. @param weight for how many answers it stands: every 64th L1 hit is timed, and each other answer */
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
  /** An invalidation of another process arrived. */
  invalidationReceived?(tags: readonly string[], keys: readonly string[]): void;
  flushed?(reason: 'sequence' | 'reconnect' | 'silence' | 'clear'): void;
  storeState?(state: 'up' | 'down' | 'breaker-open' | 'breaker-closed', cause?: unknown): void;
  storeFault?(operation: string, error: unknown): void;
}

/** Passes every event on to each registered listener; a listener that throws is left out of nothing and stops nobody. */
export class CacheEvents implements Required<CacheListener> {
  private listeners: readonly CacheListener[] = [];
  /** Of millions of hits a second only those are told who want to know. */
  private hitListeners: readonly CacheListener[] = [];

  /** Registers a listener; returns how to remove it. */
  add(listener: CacheListener): () => void {
    this.tell([...this.listeners, listener]);
    return () => this.tell(this.listeners.filter((other) => other !== listener));
  }

  private tell(listeners: readonly CacheListener[]): void {
    this.listeners = listeners;
    this.hitListeners = listeners.filter((listener) => listener.hit !== undefined);
  }

  hit(entry: string, key: string, tier: 'L1' | 'L2' | 'STALE', ageMs: number): void {
    for (const listener of this.hitListeners) {
      try {
        listener.hit?.(entry, key, tier, ageMs);
      } catch (error) {
        complain(error);
      }
    }
  }
  miss(entry: string, key: string): void {
    for (const listener of this.listeners) {
      try {
        listener.miss?.(entry, key);
      } catch (error) {
        complain(error);
      }
    }
  }
  coalesced(entry: string, key: string): void {
    for (const listener of this.listeners) {
      try {
        listener.coalesced?.(entry, key);
      } catch (error) {
        complain(error);
      }
    }
  }
  answered(entry: string, tier: Tier, durationMs: number, weight: number): void {
    for (const listener of this.listeners) {
      try {
        listener.answered?.(entry, tier, durationMs, weight);
      } catch (error) {
        complain(error);
      }
    }
  }
  loaded(entry: string, key: string, durationMs: number): void {
    for (const listener of this.listeners) {
      try {
        listener.loaded?.(entry, key, durationMs);
      } catch (error) {
        complain(error);
      }
    }
  }
  loadFailed(entry: string, key: string, error: unknown): void {
    for (const listener of this.listeners) {
      try {
        listener.loadFailed?.(entry, key, error);
      } catch (mistake) {
        complain(mistake);
      }
    }
  }
  filled(entry: string, key: string, bodyBytes: number, storedBytes: number): void {
    for (const listener of this.listeners) {
      try {
        listener.filled?.(entry, key, bodyBytes, storedBytes);
      } catch (error) {
        complain(error);
      }
    }
  }
  fillRefused(entry: string, key: string, reason: FillRefusal): void {
    for (const listener of this.listeners) {
      try {
        listener.fillRefused?.(entry, key, reason);
      } catch (error) {
        complain(error);
      }
    }
  }
  staleServed(entry: string, key: string, reason: StaleReason, ageMs: number): void {
    for (const listener of this.listeners) {
      try {
        listener.staleServed?.(entry, key, reason, ageMs);
      } catch (error) {
        complain(error);
      }
    }
  }
  compared(entry: string, key: string, result: Comparison, ageMs: number): void {
    for (const listener of this.listeners) {
      try {
        listener.compared?.(entry, key, result, ageMs);
      } catch (error) {
        complain(error);
      }
    }
  }
  decodeFailed(entry: string, key: string, fault: DecodeFault): void {
    for (const listener of this.listeners) {
      try {
        listener.decodeFailed?.(entry, key, fault);
      } catch (error) {
        complain(error);
      }
    }
  }
  warmed(entry: string, outcome: WarmOutcome): void {
    for (const listener of this.listeners) {
      try {
        listener.warmed?.(entry, outcome);
      } catch (error) {
        complain(error);
      }
    }
  }
  invalidated(kind: InvalidationKind, names: readonly string[], status: InvalidationStatus, durationMs: number): void {
    for (const listener of this.listeners) {
      try {
        listener.invalidated?.(kind, names, status, durationMs);
      } catch (error) {
        complain(error);
      }
    }
  }
  invalidationReceived(tags: readonly string[], keys: readonly string[]): void {
    for (const listener of this.listeners) {
      try {
        listener.invalidationReceived?.(tags, keys);
      } catch (error) {
        complain(error);
      }
    }
  }
  flushed(reason: 'sequence' | 'reconnect' | 'silence' | 'clear'): void {
    for (const listener of this.listeners) {
      try {
        listener.flushed?.(reason);
      } catch (error) {
        complain(error);
      }
    }
  }
  storeState(state: 'up' | 'down' | 'breaker-open' | 'breaker-closed', cause?: unknown): void {
    for (const listener of this.listeners) {
      try {
        listener.storeState?.(state, cause);
      } catch (error) {
        complain(error);
      }
    }
  }
  storeFault(operation: string, error: unknown): void {
    for (const listener of this.listeners) {
      try {
        listener.storeFault?.(operation, error);
      } catch (mistake) {
        complain(mistake);
      }
    }
  }
}

/** A listener's mistake is nobody's failed read, and not silent either: Node prints it as a warning. */
function complain(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}
