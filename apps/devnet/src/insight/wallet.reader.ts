import { type Address, decodeFunctionResult, encodeFunctionData, type Hex } from 'viem';
import type { Deployment } from '../chain/chain.deployment.js';
import { LENS_ABI, NATIVE_TOKEN, PRICE_DECIMALS } from '../chain/contract.abis.js';
import type { JsonRpcClient } from '../chain/json-rpc.client.js';
import { LensCaller } from './lens.caller.js';
import { MetadataReader, type TokenMetadata } from './token.metadata.js';
import type { BlockRef } from './transfer.index.js';

/** One token of a wallet, as the chain has it at one block. */
export interface Holding extends TokenMetadata {
  /** The contract, in lower case. */
  readonly token: Hex;
  readonly balance: bigint;
  readonly spam: boolean;
  /** USD for one whole token with 8 decimals, and the Unix time in seconds when it was set; undefined: no price. */
  readonly price: { readonly usd: bigint; readonly setAt: number } | undefined;
}

/** Reads balances, prices and spam marks of one block in one call, so that they belong together. */
export class WalletReader {
  readonly metadata: MetadataReader;
  private readonly lens: LensCaller;

  constructor(
    rpc: JsonRpcClient,
    private readonly deployment: Deployment,
  ) {
    this.lens = new LensCaller(rpc, deployment.lens);
    this.metadata = new MetadataReader(this.lens);
  }

  /** Tokens whose balance is 0, or cannot be read, are left out. Rejects when the block is no longer on the chain. */
  async read(owner: Address, tokens: readonly Hex[], includeNative: boolean, block: BlockRef): Promise<Holding[]> {
    const asked = includeNative ? [...tokens, NATIVE_TOKEN] : tokens;
    if (asked.length === 0) return [];
    const args = [this.deployment.market, owner, asked] as const;
    const data = await this.lens.call(encodeFunctionData({ abi: LENS_ABI, functionName: 'holdings', args }), block);
    if (data === '0x') return [];
    const found = decodeFunctionResult({ abi: LENS_ABI, functionName: 'holdings', data });
    const held = asked.map((token, index) => ({ token, ...found[index]! })).filter(({ balance }) => balance > 0n);
    const metadata = await this.metadata.read(
      held.map(({ token }) => token),
      block,
    );
    return held.map(({ token, balance, spam, priceUsd, pricedAt }, index) => ({
      ...metadata[index]!,
      token,
      balance,
      spam,
      price: priceUsd > 0n ? { usd: priceUsd, setAt: Number(pricedAt) } : undefined,
    }));
  }
}

/** A holding's worth in USD; exact to 8 decimals before it becomes a number. */
export function usdValue({ balance, price, decimals }: Holding): number | undefined {
  if (!price) return undefined;
  return usdNumber((balance * price.usd) / 10n ** BigInt(decimals ?? 18));
}

export function usdNumber(usd: bigint): number {
  return Number(usd) / 10 ** PRICE_DECIMALS;
}
