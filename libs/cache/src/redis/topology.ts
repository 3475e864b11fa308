import type { Cluster } from 'ioredis';
import type { StoreEvents } from '../store/store.port.js';
import type { KeyLayout } from './key.layout.js';
import type { RedisNode } from './redis.node.js';

/** Which server holds what: one Redis, whatever master Sentinel names, or the shards of a Cluster. */
export interface Topology {
  readonly layout: KeyLayout;
  /** The server that holds a partition. @throws CacheError `STORE_UNAVAILABLE` while there is none */
  nodeOf(partition: number): RedisNode;
  /** A server said that a partition is not its own (any more). Whether it is worth asking again at once. */
  relocate(partition: number, error: Error): boolean;
  /**
   * The channel, where a script on one server can tell everybody. Null on a Cluster: one invalidation touches several
   * servers there, and is published when all of them have acknowledged.
   */
  readonly scriptChannel: string | null;
  /** A client that follows redirections and may send a command again; null where there is one server. */
  readonly redirecting: Cluster | null;
  /** Sends a message to everybody. */
  publish(message: string): Promise<void>;
  subscribe(events: StoreEvents): () => void;
  close(): Promise<void>;
}
