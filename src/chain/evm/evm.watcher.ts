import { type CancelTimer, systemClock } from '@chaincache/cache';
import { Backoff } from '../cometbft/backoff.js';
import { type BlockWatch, type WatchState, WrongChainError } from '../cometbft/index.js';
import { hostOf } from '../cometbft/rpc.address.js';
import { headOf, readHead } from './block.reader.js';
import { BlockFollower } from './block.follower.js';
import type { BlockHead, EvmWatchOptions } from './evm.types.js';
import { NodeSession } from './node.session.js';

const DEFAULTS = { clock: systemClock, silenceMs: 5_000, requestTimeoutMs: 5_000 };
const RECONNECT = { firstMs: 250, longestMs: 10_000 };
const RETRY = { firstMs: 100, longestMs: 5_000 };

/**
 * Delivers the blocks of an EVM chain with their ERC-20 transfers, in order, each once, whatever happens to the
 * connection. `newHeads` only says where the chain's head is; what is delivered is read from the node, so that there is
 * one way for new blocks and for those that were missed.
 */
export function watchEvmChain(options: EvmWatchOptions): BlockWatch {
  return new EvmWatcher(options);
}

class EvmWatcher implements BlockWatch {
  readonly ready: Promise<void>;
  private readonly options: EvmWatchOptions & typeof DEFAULTS;
  private readonly follower: BlockFollower;
  private readonly reconnects: Backoff;
  private readonly retries: Backoff;
  private settleReady!: { readonly resolve: () => void; readonly reject: (error: Error) => void };
  private session!: NodeSession;
  /** The present session has proved to be of the right chain, and its subscription stands. */
  private isVerified = false;
  private isEnded = false;
  /** Heads in a row that had to be asked for although a subscription should have told them. */
  private unannounced = 0;
  private cancelSilence: CancelTimer = () => undefined;
  private cancelRetry: CancelTimer = () => undefined;

  constructor(options: EvmWatchOptions) {
    this.options = { ...DEFAULTS, ...options };
    const { clock, onBlock, onReorg, onLost } = this.options;
    this.reconnects = new Backoff(clock, RECONNECT);
    this.retries = new Backoff(clock, RETRY);
    this.ready = new Promise((resolve, reject) => (this.settleReady = { resolve, reject }));
    // Who does not wait for `ready` hears of the failure as a state.
    this.ready.catch(() => undefined);
    this.follower = new BlockFollower({
      ask: (method, params) => this.session.request(method, params),
      onBlock,
      onReorg,
      onLost,
      onProgress: (height, head) => this.enter({ kind: 'filling', height, head }),
      onEnd: (height) => this.caughtUp(height),
      onFailure: (error) => this.retry(error),
    });
    this.connect();
  }

  async stop(): Promise<void> {
    const wasEnded = this.isEnded;
    this.end();
    await this.follower.stop();
    if (!wasEnded) this.options.onState?.({ kind: 'stopped' });
  }

  private connect(): void {
    const { url, clock, requestTimeoutMs } = this.options;
    this.enter({ kind: 'connecting' });
    const session: NodeSession = new NodeSession(
      { url, clock, requestTimeoutMs },
      {
        opened: () => void this.begin(session),
        notified: (raw) => this.announced(raw),
        closed: (reason) => this.disconnected(reason),
      },
    );
    this.session = session;
  }

  /** Subscribes before it looks at the head: what comes between the two is announced. */
  private async begin(session: NodeSession): Promise<void> {
    try {
      const { chainId, url } = this.options;
      const found = Number(await session.request<string>('eth_chainId'));
      if (this.isEnded) return;
      if (found !== chainId) return this.fail(new WrongChainError(hostOf(url), String(chainId), String(found)));
      await session.request('eth_subscribe', ['newHeads']);
      this.isVerified = true;
      this.reconnects.reset();
      this.settleReady.resolve();
      await this.lookAtHead();
    } catch (error) {
      session.end(error instanceof Error ? error.message : 'the node could not be asked');
    }
  }

  private announced(raw: unknown): void {
    if (this.isEnded || !this.isVerified) return;
    this.unannounced = 0;
    this.listenForSilence();
    try {
      this.follower.reach(headOf(raw));
    } catch (error) {
      this.retry(error);
    }
  }

  private listenForSilence(): void {
    this.cancelSilence();
    this.cancelSilence = this.options.clock.setTimer(() => void this.breakSilence(), this.options.silenceMs);
  }

  /** Asks for the head; a chain that goes on without a word has a subscription that is dead. */
  private async breakSilence(): Promise<void> {
    const { session } = this;
    const before = this.follower.reaching;
    const head = await this.lookAtHead().catch(() => undefined);
    if (head === undefined || session !== this.session) return;
    this.unannounced = head.hash === before ? 0 : this.unannounced + 1;
    if (this.unannounced > 1) session.end('no heads came although the chain went on');
  }

  private async lookAtHead(): Promise<BlockHead> {
    const { session } = this;
    this.listenForSilence();
    const head = await readHead((method, params) => session.request(method, params), 'latest');
    if (!this.isEnded && session === this.session) this.follower.reach(head);
    return head;
  }

  private caughtUp(height: number): void {
    this.retries.reset();
    if (this.isVerified) this.enter({ kind: 'live', height });
  }

  private retry(error: unknown): void {
    // Without a connection there is nothing to do: the next one begins with the head.
    if (!this.isVerified || this.isEnded) return;
    const retryInMs = this.retries.nextMs();
    this.enter({ kind: 'retrying', error, retryInMs });
    this.cancelRetry();
    this.cancelRetry = this.options.clock.setTimer(() => void this.tryAgain(), retryInMs);
  }

  private async tryAgain(): Promise<void> {
    if (!this.isVerified) return;
    try {
      await this.lookAtHead();
    } catch (error) {
      this.retry(error);
    }
  }

  private disconnected(reason: string): void {
    this.isVerified = false;
    this.unannounced = 0;
    this.cancelSilence();
    this.cancelRetry();
    if (this.isEnded) return;
    const retryInMs = this.reconnects.nextMs();
    this.cancelRetry = this.options.clock.setTimer(() => this.connect(), retryInMs);
    this.enter({ kind: 'disconnected', reason, retryInMs });
  }

  private fail(error: Error): void {
    this.end();
    this.options.onState?.({ kind: 'failed', error });
    this.settleReady.reject(error);
  }

  private end(): void {
    this.isEnded = true;
    this.isVerified = false;
    this.cancelSilence();
    this.cancelRetry();
    this.session.end('the watch was stopped');
    void this.follower.stop();
  }

  private enter(state: WatchState): void {
    if (!this.isEnded) this.options.onState?.(state);
  }
}
