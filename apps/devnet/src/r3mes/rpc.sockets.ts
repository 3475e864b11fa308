import { WebSocketServer, type WebSocket } from 'ws';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ChainNode } from './chain.node.js';
import type { EventQuery } from './event.query.js';
import { eventsOfBlock } from './node.events.js';
import { asRpcError, dispatch, requestOf, type RpcRequest, type RpcResponse } from './rpc.dispatch.js';
import { internalError, parseError } from './rpc.errors.js';
import type { RpcMethods } from './rpc.method.js';
import { requiredString, type RpcParams } from './rpc.params.js';
import { queryOf } from './tx.methods.js';

/** Source: max_subscriptions_per_client of CometBFT. */
const subscriptionsPerClient = 5;
const largestMessageBytes = 1_000_000;

interface Subscription {
  readonly id: string | number;
  readonly matches: EventQuery;
}

/** `/websocket`: all methods, and subscriptions whose events come as answers with the subscription's id. */
export class RpcSockets {
  private readonly server = new WebSocketServer({ noServer: true, maxPayload: largestMessageBytes });
  private readonly subscriptions = new Map<WebSocket, Map<string, Subscription>>();
  private readonly stopListening: () => void;

  constructor(
    private readonly node: ChainNode,
    private readonly methods: RpcMethods,
  ) {
    this.stopListening = node.onBlock((stored) => {
      for (const event of eventsOfBlock(stored)) this.publish(event);
    });
  }

  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.server.handleUpgrade(request, socket, head, (client) => {
      this.subscriptions.set(client, new Map());
      client.on('close', () => this.subscriptions.delete(client));
      client.on('error', () => client.terminate());
      // One after the other, as a real node does: answers keep the order of the requests.
      let previous = Promise.resolve();
      client.on('message', (data: Buffer) => {
        previous = previous.then(() => this.answer(client, data.toString('utf8')));
      });
    });
  }

  /** How many clients are connected. */
  get size(): number {
    return this.subscriptions.size;
  }

  /** Cuts every connection without a farewell. */
  drop(): void {
    for (const client of this.subscriptions.keys()) client.terminate();
  }

  close(): void {
    this.stopListening();
    this.drop();
    this.server.close();
  }

  private async answer(client: WebSocket, text: string): Promise<void> {
    if (this.node.faults.refusing) return client.terminate();
    this.send(client, await this.responseTo(client, text));
  }

  private async responseTo(client: WebSocket, text: string): Promise<RpcResponse> {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      return { jsonrpc: '2.0', id: -1, error: parseError((error as Error).message) };
    }
    try {
      const request = requestOf(value);
      return await dispatch({ ...this.methods, ...this.subscriptionMethods(client, request) }, request);
    } catch (error) {
      return { jsonrpc: '2.0', id: -1, error: asRpcError(error) };
    }
  }

  private subscriptionMethods(client: WebSocket, request: RpcRequest): RpcMethods {
    const own = this.subscriptions.get(client);
    const query = (params: RpcParams): string => requiredString(params, 'query');
    return {
      subscribe: {
        params: ['query'],
        run: (params) => {
          const text = query(params);
          const matches = queryOf(text);
          if (own?.has(text)) throw internalError('already subscribed');
          if (own !== undefined && own.size >= subscriptionsPerClient) {
            throw internalError(`max_subscriptions_per_client ${subscriptionsPerClient} reached`);
          }
          own?.set(text, { id: request.id, matches });
          return {};
        },
      },
      unsubscribe: {
        params: ['query'],
        run: (params) => {
          if (!own?.delete(query(params))) throw internalError('subscription not found');
          return {};
        },
      },
      unsubscribe_all: {
        params: [],
        run: () => {
          own?.clear();
          return {};
        },
      },
    };
  }

  private publish({ events, data }: ReturnType<typeof eventsOfBlock>[number]): void {
    for (const [client, subscriptions] of this.subscriptions) {
      for (const [query, { id, matches }] of subscriptions) {
        if (matches(events)) this.send(client, { jsonrpc: '2.0', id, result: { query, data, events } });
      }
    }
  }

  private send(client: WebSocket, response: RpcResponse): void {
    const text = JSON.stringify(response);
    const { delayMs } = this.node.faults;
    if (delayMs === 0) client.send(text, ignoreClosed);
    else setTimeout(() => client.send(text, ignoreClosed), delayMs).unref();
  }
}

/** A client that went away needs no answer. */
function ignoreClosed(): void {}
