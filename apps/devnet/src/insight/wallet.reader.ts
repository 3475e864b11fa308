import {
  type Address,
  decodeAbiParameters,
  decodeFunctionResult,
  encodeFunctionData,
  erc20Abi,
  type Hex,
  toHex,
} from 'viem';
import { LENS_ABI, MARKET_ABI, NATIVE_TOKEN, PRICE_DECIMALS } from '../chain/contract.abis.js';
import type { Deployment } from '../chain/chain.deployment.js';
import type { JsonRpcClient } from '../chain/json-rpc.client.js';
import type { BlockRef } from './transfer.index.js';

/** One token of a wallet, as the chain has it at one block. What a contract does not tell is undefined. */
export interface Holding {
  readonly token: Hex;
  readonly balance: bigint;
  readonly name: string | undefined;
  readonly symbol: string | undefined;
  readonly decimals: number | undefined;
  readonly spam: boolean;
  /** USD for one whole token with 8 decimals, and the Unix time in seconds when it was set; undefined: no price. */
  readonly price: { readonly usd: bigint; readonly setAt: number } | undefined;
}

interface LensCall {
  readonly target: Address;
  readonly data: Hex;
}

interface LensResult {
  readonly ok: boolean;
  readonly data: Hex;
}

const READS_A_TOKEN = 5;
const CALL_GAS = 900_000_000;

/** Reads balances, metadata, prices and spam marks of one block in one call, so that they belong together. */
export class WalletReader {
  constructor(
    private readonly rpc: JsonRpcClient,
    private readonly deployment: Deployment,
  ) {}

  /** Tokens whose balance is 0, or cannot be read, are left out. Rejects when the block is no longer on the chain. */
  async read(owner: Address, tokens: readonly Hex[], includeNative: boolean, block: BlockRef): Promise<Holding[]> {
    const asked = includeNative ? [...tokens, NATIVE_TOKEN as Hex] : tokens;
    if (asked.length === 0) return [];
    const calls = asked.flatMap((token) => this.readsOf(owner, token));
    const data = encodeFunctionData({ abi: LENS_ABI, functionName: 'read', args: [calls] });
    const answer = await this.rpc.call<Hex>(
      'eth_call',
      { to: this.deployment.lens, data, gas: toHex(CALL_GAS) },
      { blockHash: block.hash },
    );
    // No code at the lens's address: the block is older than the contracts.
    if (answer === '0x') return [];
    const [, results] = decodeFunctionResult({ abi: LENS_ABI, functionName: 'read', data: answer });
    return asked.flatMap((token, index) => {
      const holding = holdingOf(token, results.slice(index * READS_A_TOKEN, (index + 1) * READS_A_TOKEN));
      return holding ? [holding] : [];
    });
  }

  private readsOf(owner: Address, token: Hex): LensCall[] {
    const { lens, market } = this.deployment;
    const listing = encodeFunctionData({ abi: MARKET_ABI, functionName: 'listing', args: [token] });
    const balance =
      token === NATIVE_TOKEN
        ? { target: lens, data: encodeFunctionData({ abi: LENS_ABI, functionName: 'nativeBalance', args: [owner] }) }
        : { target: token, data: encodeFunctionData({ abi: erc20Abi, functionName: 'balanceOf', args: [owner] }) };
    return [
      balance,
      { target: market, data: listing },
      { target: token, data: encodeFunctionData({ abi: erc20Abi, functionName: 'name' }) },
      { target: token, data: encodeFunctionData({ abi: erc20Abi, functionName: 'symbol' }) },
      { target: token, data: encodeFunctionData({ abi: erc20Abi, functionName: 'decimals' }) },
    ];
  }
}

function holdingOf(token: Hex, results: readonly LensResult[]): Holding | undefined {
  const [balanceRead, listingRead, nameRead, symbolRead, decimalsRead] = results;
  const balance = value(balanceRead, 'uint256') as bigint | undefined;
  if (!balance || !listingRead?.ok) return undefined;
  const listing = decodeFunctionResult({ abi: MARKET_ABI, functionName: 'listing', data: listingRead.data });
  const native = token === NATIVE_TOKEN;
  return {
    token,
    balance,
    name: native ? 'Ether' : (value(nameRead, 'string') as string | undefined),
    symbol: native ? 'ETH' : (value(symbolRead, 'string') as string | undefined),
    decimals: native ? 18 : (value(decimalsRead, 'uint8') as number | undefined),
    spam: listing.spam,
    price: listing.priceUsd > 0n ? { usd: listing.priceUsd, setAt: Number(listing.pricedAt) } : undefined,
  };
}

/** A read that reverted, or answered what its type does not allow, has no value. */
function value(read: LensResult | undefined, type: 'uint256' | 'uint8' | 'string'): unknown {
  if (!read?.ok) return undefined;
  try {
    return decodeAbiParameters([{ type }], read.data)[0];
  } catch {
    return undefined;
  }
}

/** A holding's worth in USD; exact to 8 decimals before it becomes a number. */
export function usdValue(holding: Holding): number | undefined {
  if (!holding.price) return undefined;
  return usdNumber((holding.balance * holding.price.usd) / 10n ** BigInt(holding.decimals ?? 18));
}

export function usdNumber(usd: bigint): number {
  return Number(usd) / 10 ** PRICE_DECIMALS;
}
