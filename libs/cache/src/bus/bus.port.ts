import type { InvalidationMessage } from '../store/store.port.js';

/** What a process hears from the others. */
export interface BusEvents {
  /** Tags and keys that are invalid from now on. @param from the publisher, for explanations */
  invalidated(message: InvalidationMessage, from: string): void;
  /** The load of a key ended (filled or given up): whoever waits reads the store again. */
  settled(key: string): void;
  /** Messages may have been lost up to now: nothing read before may be served from L1. */
  gap(reason: 'sequence' | 'reconnect' | 'silence'): void;
}

/** The receiving half of the bus; publishing is part of the store's atomic steps. */
export interface Bus {
  subscribe(events: BusEvents): () => void;
  /** Ms since anything was heard; Infinity before the first message. */
  silenceMs(): number;
  close(): Promise<void>;
}
