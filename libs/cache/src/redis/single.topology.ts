import type { Redis } from 'ioredis';
import type { CancelTimer, Clock } from '../clock.js';
import type { StoreEvents } from '../store/store.port.js';
import { reviveForEver } from './connection.options.js';
import { singleLayout } from './key.layout.js';
import type { KeyLayout } from './key.layout.js';
import { RedisNode } from './redis.node.js';
import { ReplicaStanding } from './replica.standing.js';
import type { SentinelWatch } from './sentinel.watch.js';
import { StoreState } from './store.state.js';
import type { Topology } from './topology.js';
import { unavailable } from './unavailable.error.js';

export interface SingleTopologyOptions {
  readonly clock: Clock;
  readonly keyPrefix: string;
  readonly commandTimeoutMs: number;
  /** With Sentinel another server may be the master meanwhile: then the connection is given up. */
  readonly watch: Pick<SentinelWatch, 'confirm' | 'stop'> | null;
}

/** How long to wait before asking a server again that could not be used: a replica may have been promoted. */
const RETRY_MS = 250;

/** One server at a time: a plain Redis, or the master that Sentinel names. */
export class SingleTopology implements Topology {
  readonly layout: KeyLayout;
  readonly scriptChannel: string;
  readonly redirecting = null;
  private readonly state = new StoreState();
  private readonly standing: ReplicaStanding | null;
  private readonly node: RedisNode;
  private lastError: unknown;
  private cancelRetry: CancelTimer | undefined;
  private closed = false;
  private readonly stopReviving: () => void;

  constructor(
    private readonly redis: Redis,
    private readonly options: SingleTopologyOptions,
  ) {
    this.layout = singleLayout(options.keyPrefix);
    this.scriptChannel = this.layout.channel;
    const { clock, commandTimeoutMs, watch } = options;
    this.standing = watch === null ? null : new ReplicaStanding(clock);
    this.node = new RedisNode(redis, clock, commandTimeoutMs, (cause) => this.giveUp(cause), this.standing);
    redis.on('error', (error) => {
      this.lastError = error;
    });
    this.stopReviving = reviveForEver(redis, options.clock);
    redis.on('ready', () => void this.prepare());
    for (const news of ['close', 'end']) {
      redis.on(news, () => {
        this.cancelRetry?.();
        this.state.down(unavailable(this.lastError ?? new Error('the connection was closed')));
      });
    }
    if (redis.status === 'ready') void this.prepare();
  }

  nodeOf(): RedisNode {
    this.state.check();
    return this.node;
  }

  relocate(): boolean {
    return false;
  }

  async publish(message: string): Promise<void> {
    this.state.check();
    await this.node.send(['PUBLISH', this.scriptChannel, message]);
  }

  subscribe(events: StoreEvents): () => void {
    return this.state.subscribe(events);
  }

  async close(): Promise<void> {
    this.closed = true;
    this.stopReviving();
    this.options.watch?.stop();
    this.cancelRetry?.();
    this.state.down(new Error('the store was closed'));
    this.redis.disconnect();
  }

  private async prepare(): Promise<void> {
    try {
      this.node.forgetIdentity();
      await this.node.prepare();
      await this.options.watch?.confirm(this.redis, this.standing!.isShaken);
      this.lastError = undefined;
      if (!this.closed && this.redis.status === 'ready') this.state.up();
    } catch (error) {
      this.giveUp(error);
    }
  }

  /** The server answers, but not as one that can be used. */
  private giveUp(cause: unknown): void {
    if (this.closed) return;
    this.lastError = cause;
    this.state.down(cause);
    this.cancelRetry?.();
    this.cancelRetry = this.options.clock.setTimer(() => {
      if (this.redis.status !== 'ready') return;
      if (this.options.watch !== null) this.redis.disconnect(true);
      else void this.prepare();
    }, RETRY_MS);
  }
}
