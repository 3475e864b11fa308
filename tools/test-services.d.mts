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
  /** Starts it again on the same port: empty, or with what it held when `keepRdb` is set. */
  restart(options?: { keepRdb?: boolean }): Promise<void>;
}

/** A Redis server of one's own, without persistence. */
export function startRedis(options?: RedisOptions): Promise<TestRedis>;

/** One command to a Redis server, over a connection of its own. Throws an error reply. */
export function redisCommand(
  server: { readonly host?: string; readonly port: number; readonly timeoutMs?: number },
  ...command: (string | number)[]
): Promise<unknown>;

/** Several commands over one connection. */
export function redisCommands(
  server: { readonly host?: string; readonly port: number; readonly timeoutMs?: number },
  commands: (string | number)[][],
): Promise<unknown[]>;
