import { Command } from 'ioredis';
import type { Cluster, Redis } from 'ioredis';
import type { CancelTimer, Clock } from '../clock.js';
import type { StoreEvents } from '../store/store.port.js';
import type { RedisTierOptions } from './connection.options.js';
import { clusterLayout } from './key.layout.js';
import type { KeyLayout } from './key.layout.js';
import { RedisNode } from './redis.node.js';
import { StoreState } from './store.state.js';
import type { Topology } from './topology.js';
import { unavailable } from './unavailable.error.js';

export interface ClusterTopologyOptions {
  readonly clock: Clock;
  readonly keyPrefix: string;
  readonly commandTimeoutMs: number;
  readonly natMap?: RedisTierOptions['natMap'];
}

/** How often the slots are asked for again while a partition has no usable server. */
const REFRESH_MS = 200;

/** The partition whose server carries the bus: one channel in one slot keeps every publisher's messages in order. */
export const BUS_PARTITION = 0;

/**
 * The shards of a Cluster. ioredis finds them and keeps a connection to each; commands go to a connection directly,
 * because its cluster client sends a command again when a connection breaks, and a write must never be sent twice.
 *
 * Usable means that every partition has a master that is connected and known: a tag has copies in all of them, so
 * without one of them no invalidation of a tag could be applied and nothing would be believed anyway.
 */
export class ClusterTopology implements Topology {
  readonly layout: KeyLayout;
  /** A script's PUBLISH reaches one shard only, and the invalidation of a tag is one script in each partition. */
  readonly scriptChannel = null;
  readonly redirecting: Cluster;
  private readonly state = new StoreState();
  private readonly slots: readonly number[];
  private readonly nodes = new Map<Redis, RedisNode>();
  private readonly prepared = new Set<RedisNode>();
  /** Who holds each partition, as far as it is known and connected. */
  private owners: readonly (RedisNode | undefined)[] = [];
  private cancelRefresh: CancelTimer | undefined;
  private lastError: unknown;
  private closed = false;

  constructor(
    private readonly cluster: Cluster,
    private readonly options: ClusterTopologyOptions,
  ) {
    this.redirecting = cluster;
    this.layout = clusterLayout(options.keyPrefix);
    this.slots = Array.from({ length: this.layout.partitions }, (_, partition) =>
      slotOf(this.layout.entry(partition, '')),
    );
    const fail = (error: unknown): void => {
      this.lastError = error;
    };
    cluster.on('error', fail);
    cluster.on('node error', fail);
    cluster.on('+node', (redis: Redis) => this.adopt(redis));
    cluster.on('-node', (redis: Redis) => this.drop(redis));
    for (const news of ['ready', 'refresh']) {
      cluster.on(news, () => {
        this.connectOwners();
        this.assess();
      });
    }
    cluster.on('close', () => {
      this.lastError ??= new Error('the connection was closed');
      this.assess();
    });
    for (const redis of cluster.nodes('all')) this.adopt(redis);
  }

  nodeOf(partition: number): RedisNode {
    this.state.check();
    const node = this.owners[partition];
    if (node?.redis.status === 'ready') return node;
    throw unavailable(this.lastError);
  }

  /** `MOVED slot host:port` names the owner. Whether it is one that is connected already. */
  relocate(partition: number, error: Error): boolean {
    const [word, slot, owner] = error.message.split(' ');
    if (word !== 'MOVED' || owner === undefined || Number(slot) !== this.slots[partition]) return false;
    const mapped = this.options.natMap?.[owner];
    this.cluster.slots[Number(slot)] = [mapped === undefined ? owner : `${mapped.host}:${mapped.port}`];
    this.cluster.refreshSlotsCache();
    this.assess();
    return this.owners[partition] !== undefined;
  }

  /** Where the bus is now. */
  busAddress(): { readonly host: string; readonly port: number } | null {
    const redis = this.redisOf(BUS_PARTITION);
    if (redis === undefined) return null;
    const { host, port } = redis.options;
    return { host: host!, port: port! };
  }

  async publish(message: string): Promise<void> {
    await this.nodeOf(BUS_PARTITION).send(['SPUBLISH', this.layout.channel, message]);
  }

  subscribe(events: StoreEvents): () => void {
    return this.state.subscribe(events);
  }

  async close(): Promise<void> {
    this.closed = true;
    this.cancelRefresh?.();
    this.state.down(new Error('the store was closed'));
    this.cluster.disconnect();
  }

  private adopt(redis: Redis): void {
    if (this.nodes.has(redis)) return;
    const node = new RedisNode(redis, this.options.clock, this.options.commandTimeoutMs, (cause) => {
      this.prepared.delete(node);
      this.lastError = cause;
      this.assess();
    });
    this.nodes.set(redis, node);
    redis.on('ready', () => void this.prepare(node));
    redis.on('close', () => {
      this.prepared.delete(node);
      this.lastError ??= new Error('the connection was closed');
      this.assess();
    });
    if (redis.status === 'ready') void this.prepare(node);
  }

  private drop(redis: Redis): void {
    const node = this.nodes.get(redis);
    if (node !== undefined) this.prepared.delete(node);
    this.nodes.delete(redis);
    this.assess();
  }

  private async prepare(node: RedisNode): Promise<void> {
    if (node.redis.options.readOnly) return;
    try {
      node.forgetIdentity();
      await node.prepare();
      this.prepared.add(node);
    } catch (error) {
      this.lastError = error;
    }
    this.assess();
  }

  /** Up while every partition has its server; else the slots are asked for until it has. */
  private assess(): void {
    if (this.closed) return;
    this.cancelRefresh?.();
    this.owners = this.slots.map((_slot, partition) => this.ownerOf(partition));
    if (this.owners.every((node) => node !== undefined)) {
      this.lastError = undefined;
      this.state.up();
      return;
    }
    if (this.lastError !== undefined) this.state.down(unavailable(this.lastError));
    this.cancelRefresh = this.options.clock.setTimer(() => this.seekOwners(), REFRESH_MS);
  }

  private seekOwners(): void {
    this.connectOwners();
    this.cluster.refreshSlotsCache();
    this.assess();
  }

  /** Connects to owners that are not connected yet; one that became a master in the meantime is made known. */
  private connectOwners(): void {
    // Before, ioredis checks the Cluster by a connection that it makes itself, and gives up when it is not the first.
    if (this.cluster.status !== 'ready') return;
    for (const partition of this.slots.keys()) {
      const redis = this.redisOf(partition);
      const node = redis && this.nodes.get(redis);
      if (redis?.status === 'wait') redis.connect().catch(() => undefined);
      else if (redis?.status === 'ready' && node && !this.prepared.has(node)) void this.prepare(node);
    }
  }

  private ownerOf(partition: number): RedisNode | undefined {
    const redis = this.redisOf(partition);
    const node = redis && this.nodes.get(redis);
    return redis?.status === 'ready' && node && this.prepared.has(node) ? node : undefined;
  }

  private redisOf(partition: number): Redis | undefined {
    const owner = this.cluster.slots[this.slots[partition]!]?.[0];
    return this.cluster.nodes('master').find(({ options }) => `${options.host}:${options.port}` === owner);
  }
}

function slotOf(key: string): number {
  return new Command('get', [key]).getSlot();
}
