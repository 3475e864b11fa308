import { decodeAbiParameters, decodeFunctionResult, encodeFunctionData, erc20Abi, type Hex } from 'viem';
import { LENS_ABI, NATIVE_TOKEN } from '../chain/contract.abis.js';
import type { LensCaller } from './lens.caller.js';
import type { BlockRef } from './transfer.index.js';

/** What a contract says of itself. What it does not tell is undefined. */
export interface TokenMetadata {
  readonly name: string | undefined;
  readonly symbol: string | undefined;
  readonly decimals: number | undefined;
}

interface LensResult {
  readonly ok: boolean;
  readonly data: Hex;
}

const NATIVE: TokenMetadata = { name: 'Ether', symbol: 'ETH', decimals: 18 };
const FIELDS = [
  { call: 'name', type: 'string' },
  { call: 'symbol', type: 'string' },
  { call: 'decimals', type: 'uint8' },
] as const;

/** Reads names, symbols and decimals from the contracts, once each: no contract of the devnet can change them. */
export class MetadataReader {
  private known = new Map<Hex, TokenMetadata>([[NATIVE_TOKEN, NATIVE]]);

  constructor(private readonly lens: LensCaller) {}

  /** After a reorganisation another contract may stand at the same address. */
  forget(): void {
    this.known = new Map([[NATIVE_TOKEN, NATIVE]]);
  }

  /** In the order of `tokens`. */
  async read(tokens: readonly Hex[], block: BlockRef): Promise<TokenMetadata[]> {
    const { known } = this;
    const missing = tokens.filter((token) => !known.has(token));
    if (missing.length > 0) await this.fetch(missing, block, known);
    return tokens.map((token) => known.get(token)!);
  }

  private async fetch(tokens: readonly Hex[], block: BlockRef, into: Map<Hex, TokenMetadata>): Promise<void> {
    const calls = tokens.flatMap((target) =>
      FIELDS.map(({ call }) => ({ target, data: encodeFunctionData({ abi: erc20Abi, functionName: call }) })),
    );
    const answer = await this.lens.call(
      encodeFunctionData({ abi: LENS_ABI, functionName: 'read', args: [calls] }),
      block,
    );
    const results = decodeFunctionResult({ abi: LENS_ABI, functionName: 'read', data: answer });
    for (const [index, token] of tokens.entries()) {
      const [name, symbol, decimals] = FIELDS.map(({ type }, field) =>
        value(results[index * FIELDS.length + field], type),
      );
      into.set(token, { name, symbol, decimals } as TokenMetadata);
    }
  }
}

/** A read that reverted, or answered what its type does not allow, has no value. */
function value(read: LensResult | undefined, type: 'uint8' | 'string'): unknown {
  if (!read?.ok) return undefined;
  try {
    return decodeAbiParameters([{ type }], read.data)[0];
  } catch {
    return undefined;
  }
}
