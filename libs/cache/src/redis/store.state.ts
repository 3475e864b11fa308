import type { StoreEvents } from '../store/store.port.js';
import { unavailable } from './unavailable.error.js';

/** Whether Redis can be used, and who wants to know. Each change is told once. */
export class StoreState {
  private watchers: readonly StoreEvents[] = [];
  private state: 'unknown' | 'up' | 'down' = 'unknown';
  private cause: unknown = new Error('not connected yet');

  /** @throws CacheError `STORE_UNAVAILABLE` unless it is up */
  check(): void {
    if (this.state !== 'up') throw unavailable(this.cause);
  }

  up(): void {
    if (this.state === 'up') return;
    this.state = 'up';
    for (const watcher of this.watchers) watcher.up();
  }

  down(cause: unknown): void {
    this.cause = cause;
    if (this.state === 'down') return;
    this.state = 'down';
    for (const watcher of this.watchers) watcher.down(cause);
  }

  /** A new watcher is told at once what is known already. */
  subscribe(events: StoreEvents): () => void {
    this.watchers = [...this.watchers, events];
    if (this.state === 'up') events.up();
    if (this.state === 'down') events.down(this.cause);
    return () => {
      this.watchers = this.watchers.filter((other) => other !== events);
    };
  }
}
