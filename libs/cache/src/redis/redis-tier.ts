import { Redis } from 'ioredis';
import type { Bus } from '../bus/bus.port.js';
import { systemClock } from '../clock.js';
import type { Clock } from '../clock.js';
import type { Store } from '../store/store.port.js';
import { BusPublisher } from './bus.publisher.js';
import { CONNECTION_DEFAULTS, connectionOptions } from './connection.options.js';
import type { RedisTierOptions } from './connection.options.js';
import { RedisBus, singleSubscription } from './redis.bus.js';
import { RedisStore } from './redis.store.js';
import { SingleTopology } from './single.topology.js';

/** The second tier of one process. */
export interface RedisTier {
  readonly store: Store;
  readonly bus: Bus;
  /** The connection that the store uses. */
  readonly client: Redis;
  /** Ends every connection and timer. Idempotent. */
  close(): Promise<void>;
}

/**
 * Connects to Redis: two connections, one for commands and one that listens. Returns at once; until Redis is there,
 * every call of the store fails as `STORE_UNAVAILABLE`, and reconnecting goes on until `close`.
 *
 * @param clock for timers; tests pass their own
 * @throws CacheError `INVALID_OPTION` unless exactly one of url, sentinels and cluster is given
 */
export function redisTier(options: RedisTierOptions, clock: Clock = systemClock): RedisTier {
  const settings = { ...CONNECTION_DEFAULTS, ...options };
  const connection = connectionOptions(options);
  const connect = (): Redis =>
    settings.url === undefined ? new Redis(connection) : new Redis(settings.url, connection);
  const client = connect();
  const topology = new SingleTopology(client, {
    clock,
    keyPrefix: settings.keyPrefix,
    commandTimeoutMs: settings.commandTimeoutMs,
    mayMove: settings.sentinels !== undefined,
  });
  const publisher = new BusPublisher();
  const store = new RedisStore(topology, publisher);
  const subscription = singleSubscription(connect(), topology.layout.channel);
  const bus = new RedisBus(subscription, topology, publisher, { clock, heartbeatMs: settings.heartbeatMs });
  return {
    store,
    bus,
    client,
    async close() {
      await Promise.all([bus.close(), store.close()]);
    },
  };
}
