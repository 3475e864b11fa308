import {
  type Address,
  encodeFunctionData,
  erc20Abi,
  type Hex,
  hexToBigInt,
  hexToNumber,
  parseUnits,
  toHex,
} from 'viem';
import { MARKET_ABI, PRICE_DECIMALS } from '../chain/contract.abis.js';
import type { Deployment } from '../chain/chain.deployment.js';
import type { JsonRpcClient } from '../chain/json-rpc.client.js';

export interface TransferOrder {
  readonly token: Address;
  /** One of the devnet's wallets: the node signs for them. */
  readonly from: Address;
  readonly to: Address;
  /** Raw, in the token's smallest unit. */
  readonly amount: bigint;
}

export interface Mined {
  readonly hash: Hex;
  readonly blockNumber: number;
}

/** Makes things happen on one chain. */
export class ChainControl {
  constructor(
    private readonly rpc: JsonRpcClient,
    private readonly deployment: Deployment,
    private readonly deployer: Address,
  ) {}

  /** Sends tokens, and resolves with the block that holds the transfer. @throws when the token refuses */
  transfer({ token, from, to, amount }: TransferOrder): Promise<Mined> {
    const data = encodeFunctionData({ abi: erc20Abi, functionName: 'transfer', args: [to, amount] });
    return this.send({ from, to: token, data });
  }

  /** What the token's contract says now. */
  async balanceOf(token: Address, owner: Address): Promise<bigint> {
    const data = encodeFunctionData({ abi: erc20Abi, functionName: 'balanceOf', args: [owner] });
    return hexToBigInt(await this.rpc.call<Hex>('eth_call', { to: token, data }, 'latest'));
  }

  /** @param priceUsd a decimal string with at most 8 decimals; `0` takes the price away */
  setPrice(token: Address, priceUsd: string): Promise<Mined> {
    const args = [token, parseUnits(priceUsd, PRICE_DECIMALS)] as const;
    return this.onMarket(encodeFunctionData({ abi: MARKET_ABI, functionName: 'setPrice', args }));
  }

  setSpam(token: Address, spam: boolean): Promise<Mined> {
    return this.onMarket(encodeFunctionData({ abi: MARKET_ABI, functionName: 'setSpam', args: [token, spam] }));
  }

  /** Gives a wallet this much of the native coin, in wei, for gas. */
  async setNativeBalance(wallet: Address, wei: bigint): Promise<void> {
    await this.rpc.call('anvil_setBalance', wallet, toHex(wei));
    await this.mine();
  }

  async blockNumber(): Promise<number> {
    return hexToNumber(await this.rpc.call<Hex>('eth_blockNumber'));
  }

  /** Adds empty blocks. */
  async mine(blocks = 1): Promise<void> {
    await this.rpc.call('anvil_mine', toHex(blocks));
  }

  /** Replaces the newest `depth` blocks by empty ones: what happened in them did not happen. */
  async reorg(depth: number): Promise<void> {
    await this.rpc.call('anvil_reorg', depth, []);
  }

  private onMarket(data: Hex): Promise<Mined> {
    return this.send({ from: this.deployer, to: this.deployment.market, data });
  }

  private async send(transaction: { from: Address; to: Address; data: Hex }): Promise<Mined> {
    // The estimate is exact for now; a price stores the time, and in the next second that may cost more.
    const gas = hexToBigInt(await this.rpc.call<Hex>('eth_estimateGas', transaction)) * 2n;
    const hash = await this.rpc.call<Hex>('eth_sendTransaction', { ...transaction, gas: toHex(gas) });
    for (;;) {
      const receipt = await this.rpc.call<{ status: Hex; blockNumber: Hex } | null>('eth_getTransactionReceipt', hash);
      if (receipt?.status === '0x1') return { hash, blockNumber: hexToNumber(receipt.blockNumber) };
      if (receipt) throw new Error(`The transaction ${hash} was reverted.`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
