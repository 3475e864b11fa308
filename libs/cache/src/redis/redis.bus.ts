import type { Redis } from 'ioredis';
import { BusReceiver } from '../bus/bus.receiver.js';
import { eachHeartbeat } from '../bus/heartbeat.timer.js';
import type { CancelTimer, Clock } from '../clock.js';
import type { BusPublisher } from './bus.publisher.js';
import { decodeNotice } from './bus.wire.js';
import { reviveForEver } from './connection.options.js';
import { SilenceWatch } from './silence.watch.js';
import type { Topology } from './topology.js';

export interface RedisBusOptions {
  readonly clock: Clock;
  readonly heartbeatMs: number;
}

/** A subscription that was silent for so many heartbeats, its own included, is made anew. */
const DEAD_AFTER_HEARTBEATS = 6;

/**
 * The bus over a subscription of its own. Every process sends a heartbeat where it sent nothing else, and hears its
 * own: so silence means that the subscription is dead, not that nothing happened.
 */
export class RedisBus extends BusReceiver {
  private readonly cancelBeat: CancelTimer;
  private lastCount = 0;
  /** The subscription is heard, or given the time to be, from here on. */
  private listeningSinceMs: number;

  constructor(
    private readonly subscriber: BusSubscription,
    private readonly topology: Topology,
    private readonly publisher: BusPublisher,
    private readonly timing: RedisBusOptions,
  ) {
    super({ ...timing, ownPublisher: publisher.id });
    this.listeningSinceMs = timing.clock.now();
    subscriber.listen({ message: (text) => this.hear(text), subscribed: () => this.subscribed() });
    this.cancelBeat = eachHeartbeat(timing.clock, timing.heartbeatMs, (wasBusy) => this.beat(wasBusy));
  }

  override async close(): Promise<void> {
    this.cancelBeat();
    this.subscriber.close();
    await super.close();
  }

  private hear(text: string): void {
    const notice = decodeNotice(text);
    if (notice === null) this.receiveGarbage();
    else this.receive(notice);
  }

  private beat(wasBusy: boolean): void {
    const { clock, heartbeatMs } = this.timing;
    if (wasBusy) this.listeningSinceMs = clock.now();
    const { count } = this.publisher;
    if (count === this.lastCount) this.topology.publish(this.publisher.heartbeat()).catch(() => undefined);
    this.lastCount = count;
    const quietMs = Math.min(this.silenceMs(), clock.now() - this.listeningSinceMs);
    if (quietMs <= DEAD_AFTER_HEARTBEATS * heartbeatMs) return;
    this.listeningSinceMs = clock.now();
    this.subscriber.reconnect();
  }
}

/** What a subscription tells. */
export interface SubscriptionEvents {
  readonly message: (text: string) => void;
  /** It stands (again). */
  readonly subscribed: () => void;
}

/** A connection that listens to the channel and mends itself. */
export interface BusSubscription {
  listen(events: SubscriptionEvents): void;
  /** Gives the present connection up and makes another. */
  reconnect(): void;
  close(): void;
}

/** The subscription over one connection of ioredis, which reconnects by itself. */
export function singleSubscription(
  redis: Redis,
  channel: string,
  clock: Clock,
  commandTimeoutMs: number,
): BusSubscription {
  let closed = false;
  const stopReviving = reviveForEver(redis, clock);
  const silence = new SilenceWatch(redis, clock, commandTimeoutMs);
  return {
    listen({ message, subscribed }) {
      redis.on('error', () => undefined);
      redis.on('message', (_channel, text: string) => message(text));
      // Not left to ioredis's resubscription: what counts is the moment of the acknowledgement.
      const subscribe = (): void => {
        silence.unansweredFor(0);
        redis.subscribe(channel).then(subscribed, () => closed || redis.disconnect(true));
      };
      redis.on('ready', subscribe);
      if (redis.status === 'ready') subscribe();
    },
    reconnect: () => redis.disconnect(true),
    close() {
      closed = true;
      stopReviving();
      redis.disconnect();
    },
  };
}
