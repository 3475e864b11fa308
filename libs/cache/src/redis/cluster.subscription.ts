import { Redis } from 'ioredis';
import type { Clock } from '../clock.js';
import type { ClusterTopology } from './cluster.topology.js';
import { retryDelayMs } from './connection.options.js';
import type { Connection } from './connection.options.js';
import type { BusSubscription, SubscriptionEvents } from './redis.bus.js';
import { SilenceWatch } from './silence.watch.js';

/**
 * The subscription to a shard channel: a connection to whichever server holds the channel's slot now.
 *
 * Sharded, because a classic message travels to every node of the Cluster over links that may drop it and on which two
 * messages may overtake each other; a shard channel is one server and one order. And of one's own rather than by
 * ioredis's subscriber group, because what counts here is the moment at which the subscription was acknowledged.
 */
export class ClusterSubscription implements BusSubscription {
  private events: SubscriptionEvents | undefined;
  private redis: Redis | undefined;
  private attempts = 0;
  private closed = false;

  constructor(
    private readonly topology: ClusterTopology,
    private readonly connection: Connection,
    private readonly clock: Clock,
    private readonly commandTimeoutMs: number,
  ) {}

  listen(events: SubscriptionEvents): void {
    this.events = events;
    this.connect();
  }

  reconnect(): void {
    if (this.redis === undefined) return;
    this.redis.disconnect();
  }

  close(): void {
    this.closed = true;
    this.redis?.disconnect();
  }

  private connect(): void {
    if (this.closed) return;
    const address = this.topology.busAddress();
    if (address === null) {
      this.connectLater();
      return;
    }
    const redis = new Redis({ ...this.connection, ...address, db: 0, retryStrategy: () => null });
    this.redis = redis;
    redis.on('error', () => undefined);
    redis.on('smessage', (_channel, text: string) => this.events?.message(text));
    const silence = new SilenceWatch(redis, this.clock, this.commandTimeoutMs);
    redis.on('ready', () => {
      silence.unansweredFor(0);
      void this.subscribe(redis);
    });
    // The slot has moved to another shard.
    redis.on('moved', () => redis.disconnect());
    redis.on('end', () => {
      if (this.redis === redis) this.connectLater();
    });
  }

  private async subscribe(redis: Redis): Promise<void> {
    try {
      await redis.ssubscribe(this.topology.layout.channel);
      this.attempts = 0;
      this.events?.subscribed();
    } catch {
      redis.disconnect();
    }
  }

  private connectLater(): void {
    this.redis = undefined;
    this.attempts += 1;
    this.clock.setTimer(() => this.connect(), retryDelayMs(this.attempts));
  }
}
