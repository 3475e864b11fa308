import type { CancelTimer, Clock } from '../clock.js';
import type { BusNotice, HeartbeatNotice, InvalidationNotice } from './bus.notice.js';
import type { Bus, BusEvents } from './bus.port.js';
import { eachHeartbeat } from './heartbeat.timer.js';

export interface BusReceiverOptions {
  readonly clock: Clock;
  /** The sender that shares this process: its own invalidations are not handed back to it. */
  readonly ownPublisher: string;
  /** How often every publisher is heard at least; silence for twice as long is a gap. 0: silence means nothing. */
  readonly heartbeatMs: number;
}

/** Publishers whose count is remembered. One that was forgotten is met as a new one, which costs a gap and no freshness. */
const MAX_PUBLISHERS = 1_024;

/**
 * Turns what arrives from the wire into what the cache must do. Whatever may have been lost becomes a gap:
 * a number that was skipped, a subscription that was made anew, silence. So lost messages cost hits, never freshness.
 */
export class BusReceiver implements Bus {
  private listeners: readonly BusEvents[] = [];
  private readonly lastSequence = new Map<string, number>();
  private heardAtMs = -Infinity;
  private watchingSinceMs: number;
  private silent = false;
  private readonly cancelWatch: CancelTimer | undefined;

  constructor(private readonly options: BusReceiverOptions) {
    const { clock, heartbeatMs } = options;
    this.watchingSinceMs = clock.now();
    if (heartbeatMs > 0) this.cancelWatch = eachHeartbeat(clock, heartbeatMs, (wasBusy) => this.look(wasBusy));
  }

  subscribe(events: BusEvents): () => void {
    this.listeners = [...this.listeners, events];
    return () => {
      this.listeners = this.listeners.filter((other) => other !== events);
    };
  }

  silenceMs(): number {
    return this.options.clock.now() - this.heardAtMs;
  }

  close(): Promise<void> {
    this.cancelWatch?.();
    this.listeners = [];
    return Promise.resolve();
  }

  /** A message arrived from the wire. */
  receive(notice: BusNotice): void {
    this.heardAtMs = this.options.clock.now();
    this.silent = false;
    switch (notice.kind) {
      case 'settled':
        for (const listener of this.listeners) listener.settled(notice.key);
        return;
      case 'heartbeat':
        this.receiveHeartbeat(notice);
        return;
      case 'invalidation':
        this.receiveInvalidation(notice);
    }
  }

  /** A message arrived that cannot be read: it may have been an invalidation. */
  receiveGarbage(): void {
    this.heardAtMs = this.options.clock.now();
    this.gap('sequence');
  }

  /** The subscription stands (again): everything published before it may have been missed. */
  subscribed(): void {
    this.heardAtMs = this.options.clock.now();
    this.silent = false;
    this.gap('reconnect');
  }

  private receiveHeartbeat({ publisher, sequence }: HeartbeatNotice): void {
    const last = this.lastSequence.get(publisher) ?? 0;
    if (sequence <= last) return;
    this.remember(publisher, sequence);
    // Our own messages may be lost on their way back to us without harm: we set our own tombstones.
    if (publisher !== this.options.ownPublisher) this.gap('sequence');
  }

  private receiveInvalidation({ publisher, sequence, message }: InvalidationNotice): void {
    if (publisher === this.options.ownPublisher) return;
    const last = this.lastSequence.get(publisher) ?? 0;
    if (sequence > last) this.remember(publisher, sequence);
    if (sequence > last + 1) this.gap('sequence');
    for (const listener of this.listeners) listener.invalidated(message, publisher);
  }

  private remember(publisher: string, sequence: number): void {
    this.lastSequence.delete(publisher);
    this.lastSequence.set(publisher, sequence);
    if (this.lastSequence.size > MAX_PUBLISHERS) {
      for (const oldest of this.lastSequence.keys()) {
        this.lastSequence.delete(oldest);
        break;
      }
    }
  }

  private gap(reason: 'sequence' | 'reconnect' | 'silence'): void {
    for (const listener of this.listeners) listener.gap(reason);
  }

  /** Only the first silence of an outage is told. */
  private look(wasBusy: boolean): void {
    const { clock, heartbeatMs } = this.options;
    if (wasBusy) this.watchingSinceMs = clock.now();
    const quietMs = clock.now() - Math.max(this.heardAtMs, this.watchingSinceMs);
    if (quietMs <= 2 * heartbeatMs || this.silent) return;
    this.silent = true;
    this.gap('silence');
  }
}
