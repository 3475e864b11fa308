import { type Address, type Hex, toHex } from 'viem';
import type { JsonRpcClient } from '../chain/json-rpc.client.js';
import type { BlockRef } from './transfer.index.js';

const CALL_GAS = 900_000_000;

/** Calls the chain's Lens (contracts/Lens.sol) as of one block. */
export class LensCaller {
  constructor(
    private readonly rpc: JsonRpcClient,
    private readonly lens: Address,
  ) {}

  /** `0x` when the block is older than the Lens. Rejects when the block is not, or no longer, on the chain. */
  call(data: Hex, block: BlockRef): Promise<Hex> {
    return this.rpc.call('eth_call', { to: this.lens, data, gas: toHex(CALL_GAS) }, { blockHash: block.hash });
  }
}
