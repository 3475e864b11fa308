import type { CancelTimer, Clock } from '@chaincache/cache';
import { NodeUnreachableError } from '../cometbft/rpc.errors.js';
import { openSocket, type RpcSocket } from '../cometbft/rpc.socket.js';

export interface SessionEvents {
  readonly opened: () => void;
  /** What a subscription told. */
  readonly notified: (result: unknown) => void;
  /** Once, with why; nothing comes after it. */
  readonly closed: (reason: string) => void;
}

export interface SessionOptions {
  readonly url: string;
  readonly clock: Clock;
  readonly requestTimeoutMs: number;
}

interface Answer {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly code?: number; readonly message?: string };
  readonly params?: { readonly result?: unknown };
}

/** The node answered that it cannot do what was asked. */
export class NodeRefusedError extends Error {
  override readonly name = 'NodeRefusedError';
}

/**
 * JSON-RPC over one WebSocket, which ends for good. A request that is not answered in time ends it too: such a socket
 * is half open.
 */
export class NodeSession {
  private readonly pending = new Map<number, (outcome: Answer | Error) => void>();
  private readonly socket: RpcSocket;
  private lastId = 0;
  private reason: string | undefined;

  constructor(
    private readonly options: SessionOptions,
    events: SessionEvents,
  ) {
    this.socket = openSocket(options.url, options.requestTimeoutMs, {
      opened: events.opened,
      received: (message) => this.received(message as Answer | null, events),
      closed: (reason) => {
        this.reason ??= reason;
        for (const settle of [...this.pending.values()]) settle(new NodeUnreachableError(this.reason));
        events.closed(this.reason);
      },
    });
  }

  /** @throws NodeUnreachableError; NodeRefusedError */
  async request<Result>(method: string, params: readonly unknown[] = []): Promise<Result> {
    const answer = await this.ask(method, params);
    if (answer instanceof Error) throw answer;
    if (answer.error === undefined) return answer.result as Result;
    throw new NodeRefusedError(`the node refused ${method}: ${answer.error.message ?? 'no reason'}`);
  }

  /** Ends it now. */
  end(reason: string): void {
    this.reason ??= reason;
    this.socket.terminate();
  }

  private ask(method: string, params: readonly unknown[]): Promise<Answer | Error> {
    if (this.reason !== undefined) return Promise.resolve(new NodeUnreachableError(this.reason));
    const id = (this.lastId += 1);
    return new Promise((resolve) => {
      const cancel: CancelTimer = this.options.clock.setTimer(
        () => this.end(`the node did not answer within ${this.options.requestTimeoutMs} ms`),
        this.options.requestTimeoutMs,
      );
      this.pending.set(id, (outcome) => {
        cancel();
        this.pending.delete(id);
        resolve(outcome);
      });
      this.socket.send({ jsonrpc: '2.0', id, method, params });
    });
  }

  private received(message: Answer | null, events: SessionEvents): void {
    if (message?.id !== undefined) this.pending.get(message.id)?.(message);
    else if (message?.params?.result !== undefined) events.notified(message.params.result);
  }
}
