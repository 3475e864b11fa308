import { Cluster, Redis } from 'ioredis';
import type { Bus } from '../bus/bus.port.js';
import { systemClock } from '../clock.js';
import type { Clock } from '../clock.js';
import type { SideData } from '../store/side-data.port.js';
import type { Store } from '../store/store.port.js';
import type { WarmFleet } from '../warming/warm-fleet.port.js';
import { BusPublisher } from './bus.publisher.js';
import { ClusterSubscription } from './cluster.subscription.js';
import { ClusterTopology } from './cluster.topology.js';
import {
  checkOptions,
  CONNECTION_DEFAULTS,
  connectionOptions,
  connectionOptionsOfCluster,
} from './connection.options.js';
import type { RedisTierOptions } from './connection.options.js';
import { RedisBus, singleSubscription } from './redis.bus.js';
import type { BusSubscription } from './redis.bus.js';
import { RedisStore } from './redis.store.js';
import { redisSideData } from './side-data.js';
import { sweep } from './sweep.js';
import type { SweepOptions, SweepReport } from './sweep.js';
import { SentinelWatch } from './sentinel.watch.js';
import { SingleTopology } from './single.topology.js';
import type { Topology } from './topology.js';
import { redisWarmFleet } from './warm-fleet.js';

/** The second tier of one process. */
export interface RedisTier {
  readonly store: Store;
  readonly bus: Bus;
  /** The connection that the store uses. */
  readonly client: Redis | Cluster;
  /** Plain text with a life, over the same connection. */
  readonly sideData: SideData;
  /** What the processes agree on to warm once and not N times, over the same connection. */
  readonly warmFleet: WarmFleet;
  /** Frees the memory of dead entries in the background, a little at a time. */
  sweep(options?: SweepOptions): Promise<SweepReport>;
  /** Ends every connection and timer. Idempotent. */
  close(): Promise<void>;
}

interface Connected {
  readonly client: Redis | Cluster;
  readonly topology: Topology;
  readonly subscription: BusSubscription;
}

type Settings = RedisTierOptions & typeof CONNECTION_DEFAULTS;

/**
 * Connects to Redis: a connection for commands (on a Cluster one to each shard) and one that listens. Returns at once;
 * until Redis is there, every call of the store fails as `STORE_UNAVAILABLE`. Reconnecting goes on until `close`.
 *
 * @param clock for timers; tests pass their own
 * @throws CacheError `INVALID_OPTION` unless exactly one of `url`, `sentinels` with `name`, and `cluster` is given
 */
export function redisTier(options: RedisTierOptions, clock: Clock = systemClock): RedisTier {
  checkOptions(options);
  const settings = { ...CONNECTION_DEFAULTS, ...options };
  const { client, topology, subscription } =
    settings.cluster === undefined ? connectSingle(settings, clock) : connectCluster(settings, settings.cluster, clock);
  const publisher = new BusPublisher();
  const store = new RedisStore(topology, publisher);
  const bus = new RedisBus(subscription, topology, publisher, { clock, heartbeatMs: settings.heartbeatMs });
  return {
    store,
    bus,
    client,
    sideData: redisSideData(client, settings.keyPrefix),
    warmFleet: redisWarmFleet(client, settings.keyPrefix),
    sweep: (sweepOptions) => sweep(topology, sweepOptions),
    async close() {
      await Promise.all([bus.close(), store.close()]);
    },
  };
}

function connectSingle(settings: Settings, clock: Clock): Connected {
  const connection = connectionOptions(settings);
  const connect = (): Redis =>
    settings.url === undefined ? new Redis(connection) : new Redis(settings.url, connection);
  const client = connect();
  const subscriber = connect();
  const watch = settings.sentinels === undefined ? null : new SentinelWatch(settings, [client, subscriber], clock);
  const topology = new SingleTopology(client, { ...settings, clock, watch });
  return {
    client,
    topology,
    subscription: singleSubscription(subscriber, topology.layout.channel, clock, settings.commandTimeoutMs),
  };
}

function connectCluster(settings: Settings, nodes: NonNullable<RedisTierOptions['cluster']>, clock: Clock): Connected {
  const client = new Cluster([...nodes], connectionOptionsOfCluster(settings));
  const topology = new ClusterTopology(client, { ...settings, clock });
  return {
    client,
    topology,
    subscription: new ClusterSubscription(topology, connectionOptions(settings), clock, settings.commandTimeoutMs),
  };
}
