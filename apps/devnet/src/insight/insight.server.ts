import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { InsightCounters } from './insight.counters.js';
import { type AnswerFault, type FaultEffect, InsightFaults, type Moment } from './insight.faults.js';
import { type IndexedChain, type Listing, listTokens } from './tokens.listing.js';
import { BadQuery, parseTokensQuery } from './tokens.query.js';

export interface InsightServerOptions {
  /** 0: any free one. */
  readonly port: number;
  readonly clientId: string;
  readonly secretKey: string;
  readonly chains: readonly IndexedChain[];
  /** Answers what is not Insight's, such as the control route; false: not found. */
  readonly otherwise?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

/** Not Insight's: the block that each chain of the answer was read at, as `31337:12,31338:4`. */
export const BLOCK_HEADER = 'x-block-number';

/** Speaks `GET /v1/tokens` of thirdweb Insight on 127.0.0.1, from what is on the chains. */
export class InsightServer {
  readonly faults = new InsightFaults();
  readonly counters = new InsightCounters();
  private readonly server: Server;

  constructor(private readonly options: InsightServerOptions) {
    this.server = createServer((request, response) => void this.handle(request, response));
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.options.port, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    this.faults.clear();
    await closed;
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.options.otherwise?.(request, response)) return;
    const [path, search] = (request.url ?? '').split('?');
    if (path !== '/v1/tokens') return json(response, 404, { error: 'Not found' });
    if (request.method !== 'GET') return json(response, 405, { error: 'Method not allowed' });
    if (!this.authorized(request)) {
      this.counters.ended('refused');
      return json(response, 401, { error: 'Unauthorized: send a valid x-client-id or x-secret-key header' });
    }
    try {
      await this.tokens(new URLSearchParams(search), response);
    } catch (error) {
      const refused = error instanceof BadQuery;
      this.counters.ended(refused ? 'refused' : 'failed');
      json(response, refused ? 400 : 500, { error: error instanceof Error ? error.message : 'Internal server error' });
    }
  }

  private authorized(request: IncomingMessage): boolean {
    const { 'x-client-id': clientId, 'x-secret-key': secretKey } = request.headers;
    return clientId === this.options.clientId || secretKey === this.options.secretKey;
  }

  private async tokens(search: URLSearchParams, response: ServerResponse): Promise<void> {
    const { chains } = this.options;
    const query = parseTokensQuery(
      search,
      chains.map(({ chainId }) => chainId),
    );
    this.counters.asked(query.owners, query.page);
    const effect = this.faults.take({ wallets: query.owners, page: query.page });
    await this.pause(effect, 'before-read');
    if (effect.answer && endsUnread(response, effect.answer)) return this.counters.ended('failed');
    const listing = await listTokens(chains, query, effect.lagBlocks);
    await this.pause(effect, 'after-read');
    this.counters.ended(effect.answer ? 'failed' : 'served');
    answer(response, listing, effect.answer);
  }

  private async pause(effect: FaultEffect, moment: Moment): Promise<void> {
    if (effect.delayMs[moment] > 0) await wait(effect.delayMs[moment], undefined, { ref: false });
    if (effect.held[moment]) await this.faults.gate.pass();
  }
}

/** Faults that need nothing from the chain. */
function endsUnread(response: ServerResponse, fault: AnswerFault): boolean {
  if (fault.kind === 'status') {
    const body = fault.body ?? { error: `The devnet was told to answer ${fault.status}` };
    json(
      response,
      fault.status,
      body,
      fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) },
    );
    return true;
  }
  if (fault.kind === 'cut' && fault.where !== 'in-body') {
    response.socket?.destroy();
    return true;
  }
  return false;
}

/** What a client that does not check the shape would take for tokens. */
const WRONG_SHAPE = { data: [{ chainId: '1', address: 42, amount: null }] };

function answer(response: ServerResponse, listing: Listing, fault: AnswerFault | undefined): void {
  const headers = { [BLOCK_HEADER]: [...listing.blocks].map(([chainId, number]) => `${chainId}:${number}`).join(',') };
  const truth = JSON.stringify(listing.body);
  if (fault?.kind === 'cut') return cutInBody(response, truth);
  if (fault?.kind === 'broken-json') return send(response, 200, half(truth), headers);
  if (fault?.kind === 'wrong-shape') return json(response, 200, fault.body ?? WRONG_SHAPE, headers);
  send(response, 200, truth, headers);
}

function half(text: string): string {
  return text.slice(0, Math.ceil(text.length / 2));
}

function cutInBody(response: ServerResponse, body: string): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.write(half(body), () => response.socket?.destroy());
}

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  send(response, status, JSON.stringify(body), headers);
}

function send(response: ServerResponse, status: number, body: string, headers: Record<string, string>): void {
  // The client may be gone by now.
  if (response.destroyed) return;
  response.writeHead(status, {
    ...headers,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}
