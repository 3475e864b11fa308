import { systemClock, type CancelTimer, type Clock } from '@chaincache/cache';
import { Stream, type Listener } from 'xstream';
import { Backoff, type BackoffOptions } from './backoff.js';
import { websocketUrl } from './rpc.address.js';
import { NodeUnreachableError, RpcResponseError } from './rpc.errors.js';
import { openSocket, type RpcSocket } from './rpc.socket.js';
import type { RpcRequest, RpcSuccess, SubscriptionEvent } from './rpc.types.js';

export type ConnectionState =
  | { readonly kind: 'connecting' }
  /** All subscriptions were asked for anew; requests that follow are answered after them. */
  | { readonly kind: 'connected' }
  | { readonly kind: 'disconnected'; readonly reason: string; readonly retryInMs: number };

export interface ReconnectingRpcOptions {
  /** Any address of the node: `http://host:26657`, `ws://host:26657/websocket`, … */
  readonly url: string;
  readonly onConnection?: (state: ConnectionState) => void;
  /** How long a request waits for a connection and its answer together. Default 5 s. */
  readonly requestTimeoutMs?: number;
  /** Default 5 s. */
  readonly connectTimeoutMs?: number;
  /** Default 250 ms doubling up to 10 s. */
  readonly backoff?: BackoffOptions;
  readonly clock?: Clock;
}

const DEFAULTS = { requestTimeoutMs: 5_000, connectTimeoutMs: 5_000, backoff: { firstMs: 250, longestMs: 10_000 } };

interface PendingRequest {
  readonly request: RpcRequest;
  readonly settle: (outcome: RpcSuccess | Error) => void;
}

/**
 * An `RpcStreamingClient` for cosmjs's `Comet38Client` over one WebSocket that is opened again whenever it breaks, with
 * all subscriptions. cosmjs's own goes silent after a cut socket, and goes on connecting after `disconnect`.
 *
 * A request is sent at most once. Before there is a connection it waits; when its connection breaks, or no answer comes
 * in time, it fails with `NodeUnreachableError`. An answer that does not come also ends the connection: such a socket is
 * half open. Events that were sent while there was no connection are lost: who listens must look for what it missed.
 */
export class ReconnectingRpcClient {
  private readonly options: Required<Omit<ReconnectingRpcOptions, 'onConnection'>>;
  private readonly report: (state: ConnectionState) => void;
  private readonly backoff: Backoff;
  private readonly url: string;
  private readonly waiting = new Set<PendingRequest>();
  private readonly sent = new Map<RpcRequest['id'], PendingRequest>();
  private readonly subscriptions = new Map<
    RpcRequest['id'],
    { request: RpcRequest; listener: Listener<SubscriptionEvent> }
  >();
  private socket: RpcSocket | undefined;
  private isOpen = false;
  private isDisconnected = false;
  private breakReason: string | undefined;
  private cancelRetry: CancelTimer = () => undefined;

  constructor(options: ReconnectingRpcOptions) {
    this.options = { ...DEFAULTS, clock: systemClock, ...options };
    this.report = options.onConnection ?? (() => undefined);
    this.backoff = new Backoff(this.options.clock, this.options.backoff);
    this.url = websocketUrl(options.url);
    this.connect();
  }

  /** Asks once. Arrow functions here and below: cosmjs wants them as properties. */
  readonly execute = (request: RpcRequest): Promise<RpcSuccess> =>
    new Promise((resolve, reject) => {
      if (this.isDisconnected) return reject(new NodeUnreachableError('The client was disconnected.'));
      const cancelTimeout = this.options.clock.setTimer(() => this.timeOut(pending), this.options.requestTimeoutMs);
      const pending: PendingRequest = {
        request,
        settle: (outcome) => {
          cancelTimeout();
          this.waiting.delete(pending);
          this.sent.delete(request.id);
          if (outcome instanceof Error) reject(outcome);
          else resolve(outcome);
        },
      };
      if (this.isOpen) this.send(pending);
      else this.waiting.add(pending);
    });

  /** Events of a subscription, over all connections. A refused subscription is the stream's error. */
  readonly listen = (request: RpcRequest): Stream<SubscriptionEvent> =>
    Stream.create<SubscriptionEvent>({
      start: (listener) => {
        this.subscriptions.set(request.id, { request, listener });
        if (this.isOpen) this.socket?.send(request);
      },
      stop: () => {
        // One that the node refused is gone already; to end it would end another that has the same query.
        const wasSubscribed = this.subscriptions.delete(request.id);
        if (wasSubscribed && this.isOpen)
          this.socket?.send({ ...request, id: `${request.id}/end`, method: 'unsubscribe' });
      },
    });

  /** Ends the present connection, as one that cannot be trusted, and opens another after a pause. */
  reconnect(reason: string): void {
    if (!this.isOpen) return;
    this.breakReason = reason;
    this.socket?.terminate();
  }

  /** Ends everything: requests fail, streams complete, nothing is opened again. */
  readonly disconnect = (): void => {
    this.isDisconnected = true;
    this.isOpen = false;
    this.cancelRetry();
    this.socket?.terminate();
    this.failPending('The client was disconnected.');
    for (const { listener } of [...this.subscriptions.values()]) listener.complete();
    this.subscriptions.clear();
  };

  private connect(): void {
    this.report({ kind: 'connecting' });
    this.socket = openSocket(this.url, this.options.connectTimeoutMs, {
      opened: () => this.opened(),
      received: (message) => this.received(message),
      closed: (reason) => this.closed(reason),
    });
  }

  private opened(): void {
    if (this.isDisconnected) return;
    this.isOpen = true;
    for (const { request } of this.subscriptions.values()) this.socket?.send(request);
    for (const pending of [...this.waiting]) this.send(pending);
    this.report({ kind: 'connected' });
  }

  private closed(reason: string): void {
    if (this.isDisconnected) return;
    const wasOpen = this.isOpen;
    this.isOpen = false;
    const why = this.breakReason ?? reason;
    this.breakReason = undefined;
    // Requests that no connection has seen yet wait for the next one.
    if (wasOpen)
      for (const pending of [...this.sent.values()]) pending.settle(new NodeUnreachableError(`CometBFT: ${why}.`));
    const retryInMs = this.backoff.nextMs();
    this.cancelRetry = this.options.clock.setTimer(() => this.connect(), retryInMs);
    this.report({ kind: 'disconnected', reason: why, retryInMs });
  }

  private send(pending: PendingRequest): void {
    this.waiting.delete(pending);
    this.sent.set(pending.request.id, pending);
    this.socket?.send(pending.request);
  }

  private timeOut(pending: PendingRequest): void {
    const wasSent = this.sent.has(pending.request.id);
    const what = wasSent ? 'did not answer' : 'could not be reached';
    pending.settle(new NodeUnreachableError(`CometBFT ${what} within ${this.options.requestTimeoutMs} ms.`));
    if (wasSent) this.reconnect('the node did not answer');
  }

  private received(message: unknown): void {
    // Only now: a node that accepts connections and cuts them at once is not well.
    this.backoff.reset();
    const { id, result, error } = (message ?? {}) as { id?: RpcRequest['id']; result?: object; error?: RpcFailure };
    if (id === undefined) return;
    const pending = this.sent.get(id);
    if (pending !== undefined) {
      pending.settle(error === undefined ? { jsonrpc: '2.0', id, result } : refusal(pending.request.method, error));
      return;
    }
    const subscription = this.subscriptions.get(id);
    if (subscription === undefined) return;
    if (error !== undefined) {
      this.subscriptions.delete(id);
      subscription.listener.error(refusal('subscribe', error));
    } else if (result !== undefined && 'query' in result) {
      subscription.listener.next(result as SubscriptionEvent);
    }
  }

  private failPending(reason: string): void {
    for (const pending of [...this.waiting, ...this.sent.values()]) pending.settle(new NodeUnreachableError(reason));
  }
}

interface RpcFailure {
  readonly code?: number;
  readonly message?: string;
  readonly data?: unknown;
}

function refusal(method: string, { code = 0, message = 'no reason', data }: RpcFailure): RpcResponseError {
  return new RpcResponseError(method, code, typeof data === 'string' && data !== '' ? data : message);
}
