import { systemClock, type CancelTimer } from '@chaincache/cache';
import { Comet38Client, type comet38 } from '@cosmjs/tendermint-rpc';
import { Backoff } from './backoff.js';
import { BlockDelivery } from './block.delivery.js';
import { ReconnectingRpcClient, type ConnectionState } from './reconnecting-rpc.client.js';
import { hostOf } from './rpc.address.js';
import { RpcResponseError, WrongChainError } from './rpc.errors.js';
import { standingOf } from './node.standing.js';
import type { BlockWatch, WatchOptions, WatchState } from './watch.types.js';

const DEFAULTS = { expectedBlockMs: 5_000, silentBlocks: 3, clock: systemClock };
const RETRY = { firstMs: 100, longestMs: 5_000 };

/**
 * Delivers the blocks and transactions of a CometBFT chain in order, each height once, whatever happens to the
 * connection. An event only says how high the chain is; what is delivered is read from the node, so that there is one
 * way for new blocks and for those that were missed.
 */
export function watchBlocks(options: WatchOptions): BlockWatch {
  return new CometbftWatcher(options);
}

class CometbftWatcher implements BlockWatch {
  readonly ready: Promise<void>;
  private readonly options: WatchOptions & typeof DEFAULTS;
  private readonly rpc: ReconnectingRpcClient;
  private readonly client: Comet38Client;
  private readonly delivery: BlockDelivery;
  private readonly backoff: Backoff;
  private readonly host: string;
  private settleReady: { readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined;
  private cancelSilence: CancelTimer = () => undefined;
  private cancelRetry: CancelTimer = () => undefined;
  /** Counts connections: what was asked on an earlier one no longer counts. */
  private connection = 0;
  /** The present connection has proved to be of the right chain. */
  private isVerified = false;
  private isNodeBehind = false;
  private isEnded = false;
  private lastNewsMs: number;

  constructor(options: WatchOptions) {
    this.options = { ...DEFAULTS, ...options };
    const { clock, url, from, after, onBlock, onTx, onLost, rpc } = this.options;
    this.host = hostOf(url);
    this.lastNewsMs = clock.now();
    this.backoff = new Backoff(clock, RETRY);
    this.ready = new Promise((resolve, reject) => (this.settleReady = { resolve, reject }));
    // Who does not wait for `ready` hears of the failure as a state.
    this.ready.catch(() => undefined);
    this.rpc = new ReconnectingRpcClient({
      ...rpc,
      url,
      clock,
      onConnection: (state) => this.connectionChanged(state),
    });
    this.client = Comet38Client.create(this.rpc);
    this.delivery = new BlockDelivery({
      client: this.client,
      ...(from !== undefined && { from }),
      ...(after && { after }),
      onBlock,
      onTx,
      ...(onLost && { onLost }),
      onProgress: (height, head) => {
        if (height < head) this.enter({ kind: 'filling', height, head });
      },
      onEnd: (height) => this.allDelivered(height),
      onFailure: (error) => this.deliveryFailed(error),
    });
    this.subscribe();
  }

  async stop(): Promise<void> {
    const wasEnded = this.isEnded;
    this.end();
    await this.delivery.stop();
    if (!wasEnded) this.options.onState?.({ kind: 'stopped' });
  }

  private subscribe(): void {
    this.client.subscribeNewBlockHeader().addListener({
      next: (header) => this.announced(header.height),
      // Refused or cancelled by the node: too many clients, or too slow a reader.
      error: (error: unknown) => {
        if (this.isEnded) return;
        const retryInMs = this.backoff.nextMs();
        this.enter({ kind: 'retrying', error, retryInMs });
        // Apart from other retries, which a new connection makes needless: it brings no new subscription.
        this.options.clock.setTimer(() => this.subscribeAgain(), retryInMs);
      },
      complete: () => undefined,
    });
  }

  private subscribeAgain(): void {
    if (this.isEnded) return;
    this.subscribe();
    void this.examine();
  }

  private connectionChanged(state: ConnectionState): void {
    if (this.isEnded) return;
    this.isVerified = false;
    this.connection += 1;
    if (state.kind === 'connected') return void this.examine();
    this.cancelSilence();
    this.cancelRetry();
    this.enter(state);
  }

  /** An event of the chain. Before the connection is verified its blocks are left to the examination. */
  private announced(height: number): void {
    if (this.isEnded || !this.isVerified || height <= this.delivery.known) return;
    this.heardOf(height);
    this.listenForSilence();
    this.delivery.reach(height);
    // Whether it has caught up is not in the event.
    if (this.isNodeBehind) void this.examine();
  }

  private heardOf(height: number): void {
    if (height > this.delivery.known) this.lastNewsMs = this.options.clock.now();
  }

  private listenForSilence(): void {
    this.cancelSilence();
    const { clock, expectedBlockMs, silentBlocks } = this.options;
    this.cancelSilence = clock.setTimer(
      () => void this.examine({ afterSilence: true }),
      expectedBlockMs * silentBlocks,
    );
  }

  /** Asks the node how it stands: on each connection, after a refusal, and when nothing was heard for too long. */
  private async examine({ afterSilence = false } = {}): Promise<void> {
    const { connection } = this;
    this.listenForSilence();
    try {
      const { nodeInfo, syncInfo } = await this.client.status();
      if (this.isEnded || connection !== this.connection) return;
      const { chainId } = this.options;
      if (nodeInfo.network !== chainId) return this.fail(new WrongChainError(this.host, chainId, nodeInfo.network));
      this.isVerified = true;
      this.settleReady?.resolve();
      this.act(syncInfo, afterSilence);
    } catch (error) {
      if (!this.isEnded && connection === this.connection) this.retry(error, () => void this.examine());
    }
  }

  private act(node: comet38.SyncInfo, afterSilence: boolean): void {
    const { delivery } = this;
    const { latestBlockHeight: head } = node;
    const isNews = head > delivery.known;
    const due = delivery.due ?? head;
    this.isNodeBehind = node.catchingUp;
    this.heardOf(head);
    switch (standingOf(node, due, delivery.delivered)) {
      case 'replaced':
        this.lastNewsMs = this.options.clock.now();
        return delivery.restart(head);
      case 'pruned':
        delivery.skipTo(node.earliestBlockHeight!);
        return delivery.reach(head);
      case 'ahead':
        delivery.reach(head);
        // The chain went on without a word on this connection: its subscription is dead.
        if (afterSilence && isNews) this.rpc.reconnect('no events came although the chain went on');
        return;
      case 'even':
        return this.allDelivered(head);
      case 'behind':
        return this.enter({ kind: 'behind', height: due - 1, nodeHeight: head });
    }
  }

  private allDelivered(height: number): void {
    this.backoff.reset();
    const { clock, expectedBlockMs, silentBlocks } = this.options;
    const silentMs = clock.now() - this.lastNewsMs;
    if (this.isNodeBehind) this.enter({ kind: 'behind', height, nodeHeight: height });
    else if (silentMs >= expectedBlockMs * silentBlocks) this.enter({ kind: 'halted', height, silentMs });
    else this.enter({ kind: 'live', height });
  }

  private deliveryFailed(error: unknown): void {
    // Without a connection there is nothing to do: the next one is examined, and delivery goes on from there.
    if (!this.isVerified) return;
    this.retry(error, () => {
      // A refused height may be pruned, or be unknown to another node behind the same address.
      if (error instanceof RpcResponseError) void this.examine();
      else this.delivery.resume();
    });
  }

  private retry(error: unknown, again: () => void): void {
    const retryInMs = this.backoff.nextMs();
    this.enter({ kind: 'retrying', error, retryInMs });
    this.cancelRetry();
    this.cancelRetry = this.options.clock.setTimer(() => {
      if (!this.isEnded) again();
    }, retryInMs);
  }

  private fail(error: Error): void {
    this.end();
    this.options.onState?.({ kind: 'failed', error });
    this.settleReady?.reject(error);
  }

  private end(): void {
    this.isEnded = true;
    this.cancelSilence();
    this.cancelRetry();
    this.rpc.disconnect();
    void this.delivery.stop();
  }

  private enter(state: WatchState): void {
    if (!this.isEnded) this.options.onState?.(state);
  }
}
