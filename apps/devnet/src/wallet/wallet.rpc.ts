import { type Hex, isAddress, isHex, toHex } from 'viem';
import type { JsonRpcClient } from '../chain/json-rpc.client.js';
import type { DevnetWallet } from '../chain/wallet.keys.js';
import type { WalletBatches, WalletCall } from './wallet.batches.js';
import { WalletError } from './wallet.error.js';

export interface WalletChain {
  readonly chainId: number;
  readonly rpc: JsonRpcClient;
  readonly batches: WalletBatches;
}

interface Batch {
  readonly chain: WalletChain;
  readonly hash: Hex;
}

/** What a wallet passes on to the node as it is. */
const READS: ReadonlySet<string> = new Set([
  'eth_blockNumber',
  'eth_call',
  'eth_estimateGas',
  'eth_gasPrice',
  'eth_getBalance',
  'eth_getBlockByNumber',
  'eth_getCode',
  'eth_getTransactionByHash',
  'eth_getTransactionCount',
  'eth_getTransactionReceipt',
  'eth_maxPriorityFeePerGas',
  'eth_feeHistory',
]);

/** The part of the browser wallet that signs. The person is asked in the browser; who asks here is taken to have agreed. */
export class WalletRpc {
  private readonly batches = new Map<string, Batch>();

  constructor(
    private readonly wallets: readonly DevnetWallet[],
    private readonly chains: readonly WalletChain[],
  ) {}

  /** @throws WalletError */
  async call(method: string, params: readonly unknown[], chainId: number | undefined): Promise<unknown> {
    if (READS.has(method)) return this.chain(chainId).rpc.call(method, ...params);
    switch (method) {
      case 'eth_chainId':
        return toHex(this.chain(chainId).chainId);
      case 'devnet_wallets':
        return {
          chainIds: this.chains.map((chain) => toHex(chain.chainId)),
          wallets: this.wallets.map(({ name, address, holds }) => ({ name, address, holds })),
        };
      case 'personal_sign':
        // The node has the keys of all wallets.
        return this.chain(chainId).rpc.call('personal_sign', ...params);
      case 'eth_sendTransaction':
        return this.sendTransaction(params[0], chainId);
      case 'wallet_sendCalls':
        return this.sendCalls(params[0]);
      case 'wallet_getCallsStatus':
        return this.callsStatus(params[0]);
      default:
        throw new WalletError(4200, `The devnet wallet does not support ${method}.`);
    }
  }

  private async sendTransaction(given: unknown, chainId: number | undefined): Promise<unknown> {
    const { from, to, data, value } = record(given);
    this.keyOf(from);
    const { rpc } = this.chain(chainId);
    const transaction = { from, to, data, ...(value === undefined ? {} : { value }) };
    const gas = BigInt(await rpc.call<Hex>('eth_estimateGas', transaction, 'latest'));
    return rpc.call('eth_sendTransaction', { ...transaction, gas: toHex((gas * 3n) / 2n) });
  }

  private async sendCalls(given: unknown): Promise<object> {
    const { from, chainId, calls, id = toHex(crypto.getRandomValues(new Uint8Array(32))) } = record(given);
    if (typeof id !== 'string') throw WalletError.invalid('id should be a string.');
    if (this.batches.has(id)) throw new WalletError(5720, 'There is a batch with this id already.');
    if (!Array.isArray(calls) || calls.length === 0) throw WalletError.invalid('calls should be a list of calls.');
    const chain = this.chains.find((one) => toHex(one.chainId) === chainId);
    if (!chain) throw new WalletError(5710, 'The devnet has no such chain.');
    const hash = await chain.batches.send(this.keyOf(from), calls.map(callOf));
    this.batches.set(id, { chain, hash });
    return { id };
  }

  private async callsStatus(id: unknown): Promise<object> {
    const batch = this.batches.get(String(id));
    if (!batch) throw new WalletError(5730, 'The devnet wallet knows no batch with this id.');
    const status = await batch.chain.batches.status(batch.hash);
    return { version: '2.0.0', id, chainId: toHex(batch.chain.chainId), atomic: true, ...status };
  }

  private keyOf(from: unknown): Hex {
    const wallet = this.wallets.find(({ address }) => address.toLowerCase() === String(from).toLowerCase());
    if (!wallet) throw new WalletError(4100, 'The devnet wallet does not have this account.');
    return wallet.privateKey;
  }

  private chain(chainId: number | undefined): WalletChain {
    const chain = chainId === undefined ? this.chains[0] : this.chains.find((one) => one.chainId === chainId);
    if (!chain) throw new WalletError(4902, 'The devnet has no such chain.');
    return chain;
  }
}

function callOf(given: unknown): WalletCall {
  const { to, data = '0x', value = '0x0' } = record(given);
  if (typeof to !== 'string' || !isAddress(to, { strict: false }) || !isHex(data) || !isHex(value)) {
    throw WalletError.invalid('Each call has to, data and value, in hex.');
  }
  return { to, data, value: BigInt(value) };
}

function record(given: unknown): Readonly<Record<string, unknown>> {
  if (typeof given !== 'object' || given === null) throw WalletError.invalid('An object is wanted.');
  return given as Record<string, unknown>;
}
