import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Address } from 'viem';
import type { BridgeControl } from '../bridge/bridge.control.js';
import type { Fault } from '../insight/insight.faults.js';
import { json } from '../insight/insight.server.js';
import type { ChainControl } from './chain.control.js';
import type { InsightControl } from './insight.control.js';

export const CONTROL_PATH = '/__control';

/** What `POST /__control` takes. A chain's id may be left out for the first chain. */
export type ControlCommand =
  | { readonly action: 'fail'; readonly fault: Fault }
  | { readonly action: 'clear' | 'reset-counts' }
  | { readonly action: 'mine'; readonly blocks?: number; readonly chainId?: number }
  | { readonly action: 'reorg'; readonly depth: number; readonly chainId?: number }
  | { readonly action: 'set-price'; readonly token: Address; readonly priceUsd: string; readonly chainId?: number }
  | {
      readonly action: 'transfer';
      readonly token: Address;
      readonly from: Address;
      readonly to: Address;
      /** Raw, as a decimal string. */
      readonly amount: string;
      readonly chainId?: number;
    };

export interface ControlTargets {
  readonly insight: InsightControl;
  readonly bridge: BridgeControl;
  chain(chainId?: number): ChainControl;
}

const LOCAL_HOST = /^(127\.0\.0\.1|localhost)(:\d+)?$/;
const MAX_BODY_BYTES = 64 * 1024;

/**
 * The devnet's control over HTTP: `GET` tells counts and faults, `POST` takes a command. The server listens on the
 * loopback only, and a web page cannot post here: JSON takes a preflight that nobody answers, and a name that was
 * rebound to this address is refused.
 */
export function controlRoute(targets: ControlTargets): (request: IncomingMessage, response: ServerResponse) => boolean {
  return (request, response) => {
    if (request.url?.split('?')[0] !== CONTROL_PATH) return false;
    void handle(targets, request, response);
    return true;
  };
}

async function handle(targets: ControlTargets, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    if (!LOCAL_HOST.test(request.headers.host ?? '')) return json(response, 403, { error: 'Ask for 127.0.0.1' });
    if (request.method === 'GET') return json(response, 200, state(targets));
    if (request.method !== 'POST') return json(response, 405, { error: 'GET or POST' });
    if (!request.headers['content-type']?.startsWith('application/json')) {
      return json(response, 415, { error: 'Send application/json' });
    }
    const result = await run(targets, JSON.parse(await body(request)) as ControlCommand);
    json(response, 200, { ...state(targets), ...(result === undefined ? {} : { result }) });
  } catch (error) {
    json(response, 400, { error: error instanceof Error ? error.message : String(error) });
  }
}

function state({ insight }: ControlTargets): object {
  return { counts: insight.counts(), faults: insight.faults() };
}

async function run(targets: ControlTargets, command: ControlCommand): Promise<unknown> {
  switch (command.action) {
    case 'fail':
      return targets.insight.fail(command.fault);
    case 'clear':
      return targets.insight.clear();
    case 'reset-counts':
      return targets.insight.resetCounts();
    case 'mine':
      return targets.chain(command.chainId).mine(command.blocks);
    case 'reorg':
      return targets.chain(command.chainId).reorg(command.depth);
    case 'set-price':
      return targets.chain(command.chainId).setPrice(command.token, command.priceUsd);
    case 'transfer':
      return targets.chain(command.chainId).transfer({ ...command, amount: BigInt(command.amount) });
    default:
      throw new TypeError('action: one of fail, clear, reset-counts, mine, reorg, set-price, transfer');
  }
}

async function body(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > MAX_BODY_BYTES) throw new RangeError('The command is too long');
  }
  return text;
}
