import type { ConnectionOptions } from 'node:tls';
import type { RedisOptions } from 'ioredis';

/** How to reach Redis, and how long to wait for it. Exactly one of `url`, `sentinels` and `cluster` says where it is. */
export interface RedisTierOptions {
  /** `redis://user:password@host:port/db`, or `rediss://` for TLS. */
  readonly url?: string;
  /** Sentinels, and the name under which they know the master. */
  readonly sentinels?: readonly HostAndPort[];
  readonly name?: string;
  /** Some nodes of a Cluster; the others are found. */
  readonly cluster?: readonly HostAndPort[];
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

export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

export const CONNECTION_DEFAULTS = {
  keyPrefix: '',
  commandTimeoutMs: 90,
  connectTimeoutMs: 1_000,
  heartbeatMs: 333,
} as const;

const MAX_RETRY_MS = 500;

/**
 * Nothing waits for a dead connection, nothing is sent twice, and reconnecting never ends. A command that was written
 * and not answered has failed, although it may have been done: whoever sent it is told, and sends it no more.
 */
export function connectionOptions(options: RedisTierOptions): RedisOptions & { readonly replyMapping: 'legacy' } {
  const commandTimeout = options.commandTimeoutMs ?? CONNECTION_DEFAULTS.commandTimeoutMs;
  return {
    ...given('username', options.username),
    ...given('password', options.password),
    ...given('db', options.db),
    ...given('tls', options.tls),
    replyMapping: 'legacy',
    commandTimeout,
    connectTimeout: options.connectTimeoutMs ?? CONNECTION_DEFAULTS.connectTimeoutMs,
    // A connection on which nothing is answered for so long is given up: what was lost on it would shift every reply.
    socketTimeout: 4 * commandTimeout,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    maxRetriesPerRequest: 0,
    maxLoadingRetryTime: MAX_RETRY_MS,
    retryStrategy: retryDelayMs,
  };
}

/** Full jitter below a growing bound, so that a fleet does not come back in one blow. */
export function retryDelayMs(attempt: number): number {
  return Math.ceil(Math.random() * Math.min(MAX_RETRY_MS, 50 * 2 ** Math.min(attempt, 4)));
}

function given<K extends string, V>(name: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { [P in K]: V });
}
