import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { ChainNode } from './chain.node.js';
import { listen, readBody, sendJson } from './http.listener.js';
import { asRpcError, dispatch, requestOf, type RpcResponse } from './rpc.dispatch.js';
import { parseError } from './rpc.errors.js';
import type { RpcMethods } from './rpc.method.js';
import { rpcMethods } from './rpc.methods.js';
import { paramsOfUri } from './rpc.params.js';
import { RpcSockets } from './rpc.sockets.js';

export interface RpcServer {
  readonly port: number;
  readonly sockets: RpcSockets;
  close(): Promise<void>;
}

/** CometBFT's RPC: `GET /method?args`, `POST /` with JSON-RPC (one or a batch), and `/websocket`. */
export async function startRpcServer(node: ChainNode, host: string, wantedPort: number): Promise<RpcServer> {
  let address = '';
  const methods = rpcMethods(node, () => address);
  const sockets = new RpcSockets(node, methods);
  const listener = await listen(host, wantedPort, async (request, response) => {
    if (node.faults.refusing) return void request.socket.destroy();
    await pause(node.faults.delayMs);
    if (request.method === 'POST') await answerPost(methods, request, response);
    else await answerUri(methods, request, response);
  });
  address = `tcp://${host}:${listener.port}`;
  listener.server.on('upgrade', (request, socket, head) => {
    const wanted = request.url?.split('?')[0] === '/websocket';
    if (wanted && !node.faults.refusing) sockets.accept(request, socket, head);
    else socket.destroy();
  });
  return {
    port: listener.port,
    sockets,
    async close() {
      sockets.close();
      await listener.close();
    },
  };
}

async function answerPost(methods: RpcMethods, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let value: unknown;
  try {
    value = JSON.parse(await readBody(request));
  } catch (error) {
    return sendJson(response, 500, { jsonrpc: '2.0', id: -1, error: parseError((error as Error).message) });
  }
  if (!Array.isArray(value)) return sendJson(response, 200, await answer(methods, value));
  sendJson(response, 200, await Promise.all(value.map((single) => answer(methods, single))));
}

async function answer(methods: RpcMethods, value: unknown): Promise<RpcResponse> {
  try {
    return await dispatch(methods, requestOf(value));
  } catch (error) {
    return { jsonrpc: '2.0', id: -1, error: asRpcError(error) };
  }
}

async function answerUri(methods: RpcMethods, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const method = url.pathname.slice(1);
  if (!Object.hasOwn(methods, method)) {
    response.writeHead(404, { 'content-type': 'text/plain' });
    return void response.end('404 page not found\n');
  }
  const answered = await dispatch(methods, { id: -1, method, params: paramsOfUri(url.searchParams) });
  sendJson(response, answered.error === undefined ? 200 : 500, answered);
}
