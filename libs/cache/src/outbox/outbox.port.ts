import type { InvalidationMessage } from '../store/store.port.js';

/** An invalidation that must not be lost. `ageMs` is how long it has been waiting. */
export interface OutboxRow {
  readonly id: string;
  readonly message: InvalidationMessage;
  readonly ageMs: number;
}

/**
 * Invalidations that wait to be applied to the store, oldest first, and those applied within the last minute,
 * which are applied again when the store's identity changes.
 */
export interface Outbox {
  add(message: InvalidationMessage): Promise<void>;
  pending(limit: number): Promise<readonly OutboxRow[]>;
  markApplied(ids: readonly string[]): Promise<void>;
  /** Rows applied within the last 60 s. */
  recent(): Promise<readonly OutboxRow[]>;
  close(): Promise<void>;
}
