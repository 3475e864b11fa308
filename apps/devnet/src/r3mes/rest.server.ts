import type { IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { ChainNode } from './chain.node.js';
import { listen, readBody, sendJson, type HttpListener } from './http.listener.js';
import { runControl, type R3mesControl } from './r3mes.control.js';
import { restRoutes } from './rest.routes.js';

const controlPath = '/__control/';

/** The chain's REST API, and `/__control` beside it, which no fault touches. */
export function startRestServer(
  node: ChainNode,
  control: R3mesControl,
  host: string,
  port: number,
): Promise<HttpListener> {
  const answer = restRoutes(node);
  return listen(host, port, async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname.startsWith(controlPath)) {
      const name = url.pathname.slice(controlPath.length);
      try {
        return sendJson(response, 200, runControl(control, name, await valueOf(request)));
      } catch (error) {
        return sendJson(response, 400, { message: (error as Error).message });
      }
    }
    if (node.faults.refusing) return void request.socket.destroy();
    await pause(node.faults.delayMs);
    const { status, body } = answer(url.pathname, url.searchParams);
    sendJson(response, status, body);
  });
}

async function valueOf(request: IncomingMessage): Promise<unknown> {
  const text = await readBody(request);
  return text === '' ? undefined : (JSON.parse(text) as { value?: unknown }).value;
}
