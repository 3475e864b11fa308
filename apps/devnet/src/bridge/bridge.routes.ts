import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Address, isAddress } from 'viem';
import type { DevnetToken } from '../chain/chain.deployment.js';
import { json } from '../insight/insight.server.js';
import { readBody } from '../r3mes/http.listener.js';
import type { BridgeControl } from './bridge.control.js';
import { type BridgeMarket, BridgeRefusal, type SaleOffer, type SaleOrder } from './bridge.market.js';

const DEFAULT_SLIPPAGE_BASIS_POINTS = 50;

/** Speaks as much of thirdweb Bridge as selling takes: `POST /v1/sell/prepare` and `GET /v1/tokens`. */
export class BridgeRoutes {
  constructor(
    private readonly markets: readonly BridgeMarket[],
    private readonly control: BridgeControl,
  ) {}

  /** False: the request is not for the Bridge. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    if (request.method === 'GET' && pathname === '/v1/tokens') {
      json(response, 200, { data: this.tokens(searchParams) });
      return true;
    }
    if (request.method !== 'POST' || pathname !== '/v1/sell/prepare') return false;
    const status = this.control.asked();
    if (status !== undefined) {
      json(response, status, { code: 'INTERNAL_SERVER_ERROR', message: `The devnet was told to answer ${status}` });
      return true;
    }
    try {
      json(response, 200, { data: await this.prepare(await readBody(request)) });
    } catch (error) {
      if (!(error instanceof BridgeRefusal)) throw error;
      const answer = error.code === 'ROUTE_NOT_FOUND' ? 404 : 400;
      json(response, answer, { code: error.code, message: error.message, correlationId: 'devnet' });
    }
    return true;
  }

  private tokens(search: URLSearchParams): object[] {
    const [chainId, symbol] = [search.get('chainId'), search.get('symbol')];
    return this.markets
      .filter((market) => chainId === null || market.chainId === Number(chainId))
      .flatMap((market) => market.destinations())
      .filter((token) => symbol === null || token.symbol === symbol)
      .map(described);
  }

  private async prepare(text: string): Promise<object> {
    const body = parsed(text);
    const chainId = Number(body['originChainId']);
    const market = this.markets.find((one) => one.chainId === chainId);
    if (!market || Number(body['destinationChainId']) !== chainId) {
      throw new BridgeRefusal('ROUTE_NOT_FOUND', 'The devnet sells on one chain only, and on its own.');
    }
    const order = orderOf(body, this.control.lifeSeconds);
    const [origin, destination] = [market.token(order.token), market.token(order.destination)];
    if (!origin || !destination) throw new BridgeRefusal('ROUTE_NOT_FOUND', 'The market does not know the token.');
    return preparedOf(order, chainId, await market.offer(order), described(origin), described(destination));
  }
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null) return body as Record<string, unknown>;
  } catch {
    // Refused below.
  }
  throw new BridgeRefusal('INVALID_INPUT', 'The body is not a JSON object.');
}

function orderOf(body: Readonly<Record<string, unknown>>, lifeSeconds: number): SaleOrder {
  const address = (name: string): Address => {
    const value = body[name];
    if (typeof value === 'string' && isAddress(value, { strict: false })) return value;
    throw new BridgeRefusal('INVALID_INPUT', `${name} should be an address.`);
  };
  const amount = body['sellAmountWei'] ?? body['amount'];
  if (typeof amount !== 'string' || !/^[1-9]\d{0,77}$/.test(amount)) {
    throw new BridgeRefusal('INVALID_INPUT', 'amount should be a positive whole number, as a string.');
  }
  return {
    token: address('originTokenAddress'),
    destination: address('destinationTokenAddress'),
    sender: address('sender'),
    receiver: address('receiver'),
    amount: BigInt(amount),
    slippageBasisPoints: Number(body['slippageToleranceBps'] ?? DEFAULT_SLIPPAGE_BASIS_POINTS),
    lifeSeconds,
  };
}

function preparedOf(
  { amount }: SaleOrder,
  chainId: number,
  { amountOut, blockNumber, deadline, transactions }: SaleOffer,
  originToken: object,
  destinationToken: object,
): object {
  const amounts = { originAmount: amount.toString(), destinationAmount: amountOut.toString() };
  const step = {
    originToken,
    destinationToken,
    ...amounts,
    estimatedExecutionTimeMs: 1_000,
    transactions: transactions.map((transaction, index) => ({ ...transaction, chainId, id: `0x${index}` })),
  };
  return {
    ...amounts,
    blockNumber: String(blockNumber),
    timestamp: Date.now(),
    estimatedExecutionTimeMs: 1_000,
    expiration: Number(deadline) * 1_000,
    steps: [step],
  };
}

function described({ chainId, address, symbol, name, decimals }: DevnetToken): object {
  return { chainId, address, symbol, name, decimals, prices: {} };
}
