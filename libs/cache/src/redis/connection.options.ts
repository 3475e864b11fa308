import type { ConnectionOptions } from 'node:tls';
import type { ClusterOptions, Redis, RedisOptions } from 'ioredis';
import type { Clock } from '../clock.js';
import { CacheError } from '../errors.js';

/** How to reach Redis, and how long to wait for it. Exactly one of `url`, `sentinels` and `cluster` says where it is. */
export interface RedisTierOptions {
  /** `redis://user:password@host:port/db`, or `rediss://` for TLS. */
  readonly url?: string;
  /** Sentinels, and the name under which they know the master. */
  readonly sentinels?: readonly HostAndPort[];
  readonly name?: string;
  /** Some nodes of a Cluster; the others are found. */
  readonly cluster?: readonly HostAndPort[];
  /** Where nodes are to be reached whose own addresses cannot be (`host:port` of theirs to the one to use). */
  readonly natMap?: Readonly<Record<string, HostAndPort>>;
  /** In front of every key. Default none. With several applications on one Redis, each needs its own. */
  readonly keyPrefix?: string;
  /** ACL user and password, where the URL does not say them. */
  readonly username?: string;
  readonly password?: string;
  /** For Sentinel's own ACL. */
  readonly sentinelUsername?: string;
  readonly sentinelPassword?: string;
  /** Database number. Default 0; a Cluster has no other. */
  readonly db?: number;
  /** TLS options; `{}` switches it on where the URL does not. */
  readonly tls?: ConnectionOptions;
  /** A command that takes longer has failed. Default 90. */
  readonly commandTimeoutMs?: number;
  /** A connection that takes longer to be made has failed. Default 1 000. */
  readonly connectTimeoutMs?: number;
  /** How often this process is heard on the bus at least. Must be below a third of the smallest S. Default 333. */
  readonly heartbeatMs?: number;
}

/** What an ACL user of the cache must be allowed, on keys and channels that begin with the prefix (`~app/* &app/*`). */
export const ACL_COMMANDS: readonly string[] = [
  // connections
  ...['hello', 'auth', 'select', 'ping', 'info', 'time', 'cluster|slots', 'cluster|info', 'readonly'],
  // the store, inside and outside of its scripts
  ...['mget', 'set', 'setrange', 'del', 'unlink', 'pexpire', 'pttl', 'evalsha', 'script|load'],
  // the bus
  ...['publish', 'subscribe', 'spublish', 'ssubscribe'],
  // side data and the sweep
  ...['get', 'scan', 'getrange'],
];

export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

/** What holds where nothing is said. */
export const CONNECTION_DEFAULTS: Required<
  Pick<RedisTierOptions, 'keyPrefix' | 'commandTimeoutMs' | 'connectTimeoutMs' | 'heartbeatMs'>
> = { keyPrefix: '', commandTimeoutMs: 90, connectTimeoutMs: 1_000, heartbeatMs: 333 };

const MAX_RETRY_MS = 500;
/** A server that is still loading its data is asked so seldom whether it is ready. */
export const LOADING_PAUSE_MS = 500;
/** Longer than this process is ever busy. */
const LAST_RESORT_MS = 10_000;

/** Options of one connection. The reply shapes are those of RESP2, whatever the server speaks. */
export type Connection = RedisOptions & { readonly replyMapping: 'legacy' };

/** @throws CacheError `INVALID_OPTION` */
export function checkOptions({
  url,
  sentinels,
  name,
  cluster,
  db,
  heartbeatMs,
  commandTimeoutMs,
}: RedisTierOptions): void {
  if ([url, sentinels, cluster].filter((place) => place !== undefined).length !== 1) {
    throw invalid('say where Redis is by exactly one of url, sentinels and cluster');
  }
  if (sentinels !== undefined && (sentinels.length === 0 || name === undefined)) {
    throw invalid('sentinels need at least one address and the name of the master');
  }
  if (cluster?.length === 0) throw invalid('cluster needs the address of at least one node');
  if (cluster !== undefined && db !== undefined && db !== 0) throw invalid('a Cluster has no database but 0');
  if (url !== undefined && !/^rediss?:\/\//.test(url)) throw invalid('url must begin with redis:// or rediss://');
  for (const [option, value] of Object.entries({ heartbeatMs, commandTimeoutMs })) {
    if (value !== undefined && !(value > 0)) throw invalid(`${option} must be above 0`);
  }
}

function invalid(fix: string): CacheError {
  return new CacheError('INVALID_OPTION', `The options of the Redis tier are wrong: ${fix}`);
}

/**
 * Nothing waits for a dead connection, nothing is sent twice, and reconnecting never ends. A command that was written
 * and not answered has failed, although it may have been done: whoever sent it is told, and sends it no more.
 */
export function connectionOptions(options: RedisTierOptions): Connection {
  const commandTimeoutMs = options.commandTimeoutMs ?? CONNECTION_DEFAULTS.commandTimeoutMs;
  return {
    ...given('username', options.username),
    ...given('password', options.password),
    ...given('db', options.db),
    ...given('tls', options.tls),
    ...(options.sentinels === undefined ? {} : sentinelOptions(options, options.sentinels)),
    replyMapping: 'legacy',
    disableClientInfo: true,
    connectTimeout: options.connectTimeoutMs ?? CONNECTION_DEFAULTS.connectTimeoutMs,
    // `RedisNode` and `SilenceWatch` keep the precise bounds; this one is for connections that ioredis makes for itself.
    // It takes what was not read yet for silence, and so breaks a connection that is alive when this process was busy.
    socketTimeout: Math.max(LAST_RESORT_MS, 4 * commandTimeoutMs),
    disconnectTimeout: MAX_RETRY_MS,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    maxRetriesPerRequest: 0,
    maxLoadingRetryTime: LOADING_PAUSE_MS,
    retryStrategy: retryDelayMs,
  };
}

/**
 * Without ioredis's failover detector: it keeps the sentinel connections of every earlier connection, breaks the new one
 * for the old one's news, and may end the client for good. `SentinelWatch` takes its place; besides, a server that knows
 * itself to be deposed is noticed by what it says of itself with every read, and refuses to write.
 */
function sentinelOptions(options: RedisTierOptions, sentinels: readonly HostAndPort[]): RedisOptions {
  return {
    sentinels: sentinels.map(({ host, port }) => ({ host, port })),
    ...given('name', options.name),
    ...natMapOf(options),
    ...given('sentinelUsername', options.sentinelUsername),
    ...given('sentinelPassword', options.sentinelPassword),
    ...(options.tls === undefined ? {} : { enableTLSForSentinelMode: true }),
    sentinelCommandTimeout: MAX_RETRY_MS,
    sentinelRetryStrategy: retryDelayMs,
  };
}

/** Of a connection to a sentinel itself. */
export function sentinelConnection(options: RedisTierOptions): Connection {
  return {
    replyMapping: 'legacy',
    ...given('username', options.sentinelUsername),
    ...given('password', options.sentinelPassword),
    ...given('tls', options.tls),
    disableClientInfo: true,
    enableReadyCheck: false,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: MAX_RETRY_MS,
    connectTimeout: options.connectTimeoutMs ?? CONNECTION_DEFAULTS.connectTimeoutMs,
  };
}

/** A Cluster's client finds the shards and keeps the connections; the retries are those of single connections. */
export function connectionOptionsOfCluster(options: RedisTierOptions): ClusterOptions & { redisOptions: Connection } {
  const { retryStrategy: _retries, enableOfflineQueue: _queue, ...redisOptions } = connectionOptions(options);
  return {
    redisOptions: { ...redisOptions, replyMapping: 'legacy' },
    ...natMapOf(options),
    enableOfflineQueue: false,
    clusterRetryStrategy: retryDelayMs,
    slotsRefreshTimeout: MAX_RETRY_MS,
    // A certificate names the host, not its address.
    ...(options.tls === undefined ? {} : { dnsLookup: (host, callback) => callback(null, host) }),
  };
}

function natMapOf({ natMap }: RedisTierOptions): { natMap?: Record<string, { host: string; port: number }> } {
  return natMap === undefined ? {} : { natMap: { ...natMap } };
}

/**
 * Makes ioredis connect again where it would end for good: a connection that is broken while it is being made.
 * @returns how to stop, before an intended `disconnect`
 */
export function reviveForEver(redis: Redis, clock: Clock): () => void {
  let stopped = false;
  let attempts = 0;
  redis.on('ready', () => {
    attempts = 0;
  });
  redis.on('end', () => {
    if (stopped) return;
    attempts += 1;
    clock.setTimer(() => {
      if (!stopped && redis.status === 'end') redis.connect().catch(() => undefined);
    }, retryDelayMs(attempts));
  });
  return () => {
    stopped = true;
  };
}

/** Full jitter below a growing bound, so that a fleet does not come back in one blow. */
export function retryDelayMs(attempt: number): number {
  return Math.ceil(Math.random() * Math.min(MAX_RETRY_MS, 50 * 2 ** Math.min(attempt, 4)));
}

function given<K extends string, V>(name: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { [P in K]: V });
}
