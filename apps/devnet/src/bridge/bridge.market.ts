import {
  type Address,
  decodeErrorResult,
  encodeFunctionData,
  erc20Abi,
  type Hex,
  hexToBigInt,
  hexToNumber,
} from 'viem';
import { MARKET_ABI } from '../chain/contract.abis.js';
import type { Deployment, DevnetToken } from '../chain/chain.deployment.js';
import { type JsonRpcClient, RpcError } from '../chain/json-rpc.client.js';

/** As thirdweb Bridge names what goes wrong. */
export class BridgeRefusal extends Error {
  constructor(
    readonly code: 'INVALID_INPUT' | 'ROUTE_NOT_FOUND' | 'AMOUNT_TOO_LOW' | 'AMOUNT_TOO_HIGH',
    message: string,
  ) {
    super(message);
    this.name = 'BridgeRefusal';
  }
}

export interface SaleOrder {
  readonly token: Address;
  readonly destination: Address;
  readonly amount: bigint;
  readonly sender: Address;
  readonly receiver: Address;
  readonly slippageBasisPoints: number;
  /** How long the offer stands. */
  readonly lifeSeconds: number;
}

export interface SaleTransaction {
  readonly action: 'approval' | 'sell';
  readonly to: Address;
  readonly data: Hex;
}

export interface SaleOffer {
  readonly amountOut: bigint;
  readonly blockNumber: number;
  /** Chain time, seconds. */
  readonly deadline: bigint;
  readonly transactions: readonly SaleTransaction[];
}

/** What the market of one chain offers. */
export class BridgeMarket {
  constructor(
    readonly chainId: number,
    private readonly rpc: JsonRpcClient,
    private readonly deployment: Deployment,
  ) {}

  /** What the market has a reserve of: USDC first. */
  destinations(): readonly DevnetToken[] {
    return this.deployment.tokens.filter(({ kind, symbol }) => kind === 'stable' || symbol === 'WBTC');
  }

  token(address: Address): DevnetToken | undefined {
    return this.deployment.tokens.find((token) => token.address.toLowerCase() === address.toLowerCase());
  }

  /** @throws BridgeRefusal when the market does not buy it */
  async offer(order: SaleOrder): Promise<SaleOffer> {
    const { market } = this.deployment;
    const amountOut = await this.quote(order);
    if (amountOut === 0n) throw new BridgeRefusal('AMOUNT_TOO_LOW', 'It would bring nothing.');
    const [block, allowance] = await Promise.all([
      this.rpc.call<{ number: Hex; timestamp: Hex }>('eth_getBlockByNumber', 'latest', false),
      this.read(
        order.token,
        encodeFunctionData({ abi: erc20Abi, functionName: 'allowance', args: [order.sender, market] }),
      ),
    ]);
    // The chain's clock may run ahead of ours.
    const now = Math.max(hexToNumber(block.timestamp), Math.ceil(Date.now() / 1_000));
    const deadline = BigInt(now + order.lifeSeconds);
    const minOut = (amountOut * BigInt(10_000 - order.slippageBasisPoints)) / 10_000n;
    const approval = encodeFunctionData({ abi: erc20Abi, functionName: 'approve', args: [market, order.amount] });
    const sale = encodeFunctionData({
      abi: MARKET_ABI,
      functionName: 'sell',
      args: [order.token, order.amount, order.destination, minOut, order.receiver, deadline],
    });
    const approved = hexToBigInt(allowance) >= order.amount;
    return {
      amountOut,
      blockNumber: hexToNumber(block.number),
      deadline,
      transactions: [
        ...(approved ? [] : [{ action: 'approval', to: order.token, data: approval } as const]),
        { action: 'sell', to: market, data: sale },
      ],
    };
  }

  private async quote({ token, destination, amount }: SaleOrder): Promise<bigint> {
    const args = [token, destination, amount] as const;
    try {
      const data = encodeFunctionData({ abi: MARKET_ABI, functionName: 'quote', args });
      return hexToBigInt(await this.read(this.deployment.market, data));
    } catch (error) {
      throw refusalOf(error);
    }
  }

  private read(to: Address, data: Hex): Promise<Hex> {
    return this.rpc.call<Hex>('eth_call', { to, data }, 'latest');
  }
}

function refusalOf(error: unknown): unknown {
  const name = error instanceof RpcError ? revertNameOf(error.data) : undefined;
  if (name === 'ReserveTooSmall') return new BridgeRefusal('AMOUNT_TOO_HIGH', 'The market cannot pay for so much.');
  if (name === 'SameToken') return new BridgeRefusal('INVALID_INPUT', 'A token cannot be sold for itself.');
  if (error instanceof RpcError) return new BridgeRefusal('ROUTE_NOT_FOUND', 'The market has no price for it.');
  return error;
}

/** The name of the market's own error, where a revert carries one. */
export function revertNameOf(data: unknown): string | undefined {
  try {
    return decodeErrorResult({ abi: MARKET_ABI, data: data as Hex }).errorName;
  } catch {
    return undefined;
  }
}
