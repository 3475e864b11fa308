import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { RpcError } from '../chain/json-rpc.client.js';
import { json } from '../insight/insight.server.js';
import { readBody } from '../r3mes/http.listener.js';
import { WalletError } from './wallet.error.js';
import type { WalletRpc } from './wallet.rpc.js';

export const WALLET_PATH = '/__wallet';

const LOCAL_HOST = /^(127\.0\.0\.1|localhost)(:\d+)?$/;

/**
 * The browser wallet over HTTP: its script, and what it asks for. As with the control route, only this machine is
 * answered, and JSON keeps foreign pages out.
 */
export class WalletRoutes {
  private readonly script = readFileSync(new URL('../../browser-wallet/provider.js', import.meta.url));

  constructor(private readonly rpc: WalletRpc) {}

  /** False: the request is not for the wallet. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const path = request.url?.split('?')[0];
    if (path === `${WALLET_PATH}/provider.js` && request.method === 'GET') {
      response.writeHead(200, { 'content-type': 'text/javascript; charset=utf-8' });
      response.end(this.script);
      return true;
    }
    if (path !== `${WALLET_PATH}/rpc` || request.method !== 'POST') return false;
    const local = LOCAL_HOST.test(request.headers.host ?? '');
    if (!local || !request.headers['content-type']?.startsWith('application/json')) {
      json(response, 403, { error: { code: 4100, message: 'Ask for 127.0.0.1, with JSON' } });
      return true;
    }
    json(response, 200, await this.answer(await readBody(request)));
    return true;
  }

  private async answer(text: string): Promise<object> {
    try {
      const {
        method,
        params = [],
        chainId,
      } = JSON.parse(text) as {
        readonly method: string;
        readonly params?: readonly unknown[];
        readonly chainId?: number;
      };
      return { result: (await this.rpc.call(method, params, chainId)) ?? null };
    } catch (error) {
      if (error instanceof WalletError || error instanceof RpcError) {
        return { error: { code: error.code, message: error.message, data: error.data } };
      }
      return { error: { code: -32603, message: error instanceof Error ? error.message : String(error) } };
    }
  }
}
