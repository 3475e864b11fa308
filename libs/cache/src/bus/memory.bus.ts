import type { Clock } from '../clock.js';
import { systemClock } from '../clock.js';
import type { InvalidationMessage } from '../store/store.port.js';
import type { BusNotice } from './bus.notice.js';
import { BusReceiver } from './bus.receiver.js';

export interface MemoryChannelOptions {
  /** Carries one message to one subscriber; order is kept by whoever replaces it. Default: in a microtask. */
  readonly deliver?: (run: () => void) => void;
}

/** The wire between processes that live in one: what is published reaches every bus that is not cut. */
export class MemoryChannel {
  private readonly buses = new Set<MemoryBus>();
  private readonly deliver: (run: () => void) => void;

  constructor(options: MemoryChannelOptions = {}) {
    this.deliver = options.deliver ?? queueMicrotask;
  }

  join(bus: MemoryBus): () => void {
    this.buses.add(bus);
    return () => this.buses.delete(bus);
  }

  publish(notice: BusNotice): void {
    for (const bus of this.buses) this.deliver(() => bus.hear(notice));
  }
}

export interface MemoryBusOptions {
  readonly clock?: Clock;
  /** Default 0: no heartbeats, and silence is no gap. */
  readonly heartbeatMs?: number;
}

/** One process's end of a MemoryChannel. It can be cut and mended as a network connection can. */
export class MemoryBus extends BusReceiver {
  private connected = true;
  private losing = 0;
  private sequence = 0;
  private readonly leave: () => void;
  private stopBeating: (() => void) | undefined;

  constructor(
    private readonly channel: MemoryChannel,
    private readonly publisher: string,
    options: MemoryBusOptions = {},
  ) {
    const clock = options.clock ?? systemClock;
    const heartbeatMs = options.heartbeatMs ?? 0;
    super({ clock, ownPublisher: publisher, heartbeatMs });
    this.leave = channel.join(this);
    if (heartbeatMs > 0) this.beat(clock, heartbeatMs);
  }

  /** Sends an invalidation under this process's next number. */
  publishInvalidation(message: InvalidationMessage): void {
    this.sequence += 1;
    this.channel.publish({ kind: 'invalidation', publisher: this.publisher, sequence: this.sequence, message });
  }

  publishSettled(key: string): void {
    this.channel.publish({ kind: 'settled', key });
  }

  /** Nothing is heard until `mend`. */
  cut(): void {
    this.connected = false;
  }

  mend(): void {
    this.connected = true;
    this.subscribed();
  }

  /** The next `count` messages are lost without a trace. */
  lose(count: number): void {
    this.losing += count;
  }

  /** Called by the channel. */
  hear(notice: BusNotice): void {
    if (!this.connected) return;
    if (this.losing > 0) this.losing -= 1;
    else this.receive(notice);
  }

  override async close(): Promise<void> {
    this.stopBeating?.();
    this.leave();
    await super.close();
  }

  private beat(clock: Clock, heartbeatMs: number): void {
    this.stopBeating = clock.setTimer(() => {
      this.channel.publish({ kind: 'heartbeat', publisher: this.publisher, sequence: this.sequence });
      this.beat(clock, heartbeatMs);
    }, heartbeatMs);
  }
}
