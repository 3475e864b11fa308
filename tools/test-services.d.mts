/** A server that a test has for itself. It ends with the process that started it at the latest. */
export interface TestServer {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  readonly dir: string;
  /** SIGSTOP and SIGCONT freeze and thaw the server, SIGKILL ends it as a crash does. */
  signal(name: NodeJS.Signals): void;
  /** Ends the server, frozen or not, and removes its directory. */
  stop(): Promise<void>;
}

export interface RedisOptions {
  /** Default: a free one. */
  readonly port?: number;
  /** Further arguments of redis-server, for example `['--maxmemory', '20mb']`. */
  readonly args?: readonly string[];
  /** Created, and removed by `stop()`. Default: a new one below the system's temporary directory. */
  readonly dir?: string;
}

export interface TestRedis extends TestServer {
  readonly args: readonly string[];
  /** Writes what it holds to its file, once it is not busy giving a replica the same. */
  save(): Promise<unknown>;
  /** Starts it again on the same port: empty, or with what it held when `keepRdb` is set. */
  restart(options?: { keepRdb?: boolean }): Promise<void>;
}

/** A Redis server of one's own, without persistence. */
export function startRedis(options?: RedisOptions): Promise<TestRedis>;

export interface TestRedisCluster {
  /** The masters first, then the replicas. */
  readonly nodes: readonly TestRedis[];
  stop(): Promise<void>;
}

/** A Redis Cluster that is whole when the promise resolves. Default: three masters without replicas. */
export function startRedisCluster(options?: {
  readonly masters?: number;
  readonly replicas?: 0 | 1;
  readonly args?: readonly string[];
}): Promise<TestRedisCluster>;

export interface TestSentinel {
  /** The name under which the sentinels know the master. */
  readonly name: string;
  readonly sentinels: readonly TestRedis[];
  readonly master: TestRedis;
  readonly replicas: readonly TestRedis[];
  stop(): Promise<void>;
}

/** A master, its replicas (default 1) and its sentinels (default 3), which fail over after `downAfterMs` (default 1 000). */
export function startSentinel(options?: {
  readonly replicas?: number;
  readonly sentinels?: number;
  readonly downAfterMs?: number;
}): Promise<TestSentinel>;

export interface PostgresOptions {
  /** Default: a free one. */
  readonly port?: number;
  /** Server settings, for example `{ max_connections: 5 }`. */
  readonly settings?: Readonly<Record<string, string | number>>;
  /** Created, and removed by `stop()`. Default: a new one below the system's temporary directory. */
  readonly dir?: string;
}

export interface TestPostgres extends TestServer {
  /** Starts it again on the same port with the same data. */
  restart(): Promise<void>;
}

/** A PostgreSQL server of one's own. Its URL carries the password of a superuser. */
export function startPostgres(options?: PostgresOptions): Promise<TestPostgres>;

/** Makes an empty database on a server and gives its URL, so that suites share the server and nothing else. */
export function createDatabase(serverUrl: string): Promise<string>;

/** Removes a database that `createDatabase` made, and ends the sessions in it. */
export function dropDatabase(databaseUrl: string): Promise<void>;

export interface TcpProxy {
  readonly host: string;
  readonly port: number;
  /** The target's URL by way of the proxy; `tcp://…` when the target is an address. */
  readonly url: string;
  /** Leads new connections to another server. Those that stand stay; `cut()` ends them. */
  retarget(target: { readonly host?: string; readonly port: number }): void;
  /** How many connections stand now. */
  readonly connections: number;
  /** Breaks every connection with a reset. New ones are taken. */
  cut(): void;
  /** Breaks every connection and refuses new ones, as when nothing listens, until `restore()`. */
  refuse(): Promise<void>;
  /** Takes connections again, on the same port. */
  restore(): Promise<void>;
  /** While on, connections stand and are taken, and what arrives from either side is lost for good. */
  blackhole(on?: boolean): void;
  /** Holds what arrives, until `resume()` passes it on. */
  pause(): void;
  resume(): void;
  /** Passes everything on so much later, in each direction; with `after` only where the client has sent that text. */
  delay(delayMs: number, options?: { readonly after?: 'subscribe' }): void;
  close(): Promise<void>;
}

/** A TCP proxy on 127.0.0.1 that can misbehave as networks do. */
export function tcpProxy(options: {
  readonly target: { readonly host?: string; readonly port: number } | string;
}): Promise<TcpProxy>;

/** The Redis and the PostgreSQL that a whole run shares: those that the environment names, else new ones. */
export function startSharedServices(): Promise<{
  readonly redisUrl: string;
  readonly databaseUrl: string;
  stop(): Promise<void>;
}>;

interface RedisAddress {
  readonly host?: string;
  readonly port: number;
  readonly timeoutMs?: number;
}

/** One command to a Redis server, over a connection of its own. Throws an error reply. */
export function redisCommand(server: RedisAddress, ...command: readonly (string | number)[]): Promise<unknown>;

/** Several commands over one connection. */
export function redisCommands(
  server: RedisAddress,
  commands: readonly (readonly (string | number)[])[],
): Promise<unknown[]>;
