import {
  type Address,
  createWalletClient,
  encodeFunctionData,
  type Hex,
  hexToNumber,
  http,
  parseAbi,
  toHex,
  type Transport,
  type WalletClient,
} from 'viem';
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';
import { revertNameOf } from '../bridge/bridge.market.js';
import { artifact } from '../chain/contract.artifacts.js';
import { type JsonRpcClient, RpcError } from '../chain/json-rpc.client.js';
import { WalletError } from './wallet.error.js';

export interface WalletCall {
  readonly to: Address;
  readonly data: Hex;
  readonly value: bigint;
}

const EXECUTOR_ABI = parseAbi([
  'struct Call { address to; uint256 value; bytes data; }',
  'function execute(Call[] calls) payable',
]);
/** What the code of an account is that delegates: this, then the address (EIP-7702). */
const DELEGATION = '0xef0100';
const RECEIPT_POLL_MS = 20;

/** Sends batches of one chain: one transaction each, in which everything happens or nothing (EIP-7702). */
export class WalletBatches {
  private executor: Promise<Address> | undefined;

  constructor(
    readonly chainId: number,
    private readonly rpc: JsonRpcClient,
    private readonly deployer: Address,
  ) {}

  /** @returns the transaction's hash. @throws WalletError when it cannot succeed as things stand */
  async send(privateKey: Hex, calls: readonly WalletCall[]): Promise<Hex> {
    const account = privateKeyToAccount(privateKey);
    const client = this.clientOf(account);
    const executor = await this.deployed();
    const data = encodeFunctionData({ abi: EXECUTOR_ABI, functionName: 'execute', args: [[...calls]] });
    const code = await this.rpc.call<Hex>('eth_getCode', account.address, 'latest');
    const delegated = code.toLowerCase() === `${DELEGATION}${executor.slice(2)}`.toLowerCase();
    try {
      const authorizationList = delegated
        ? undefined
        : [await client.signAuthorization({ account, contractAddress: executor, executor: 'self' })];
      // Tried out as it will be: an account that does not delegate yet is given the executor's code.
      const gas = await this.gasFor(account.address, data, delegated ? undefined : executor);
      return await client.sendTransaction({
        account,
        chain: null,
        to: account.address,
        data,
        gas,
        ...(authorizationList && { authorizationList }),
      });
    } catch (error) {
      throw refusalOf(error);
    }
  }

  private async gasFor(from: Address, data: Hex, executor: Address | undefined): Promise<bigint> {
    const overrides = executor && {
      [from]: { code: await this.rpc.call<Hex>('eth_getCode', executor, 'latest') },
    };
    const transaction = { from, to: from, data };
    const parameters = overrides ? [transaction, 'latest', overrides] : [transaction, 'latest'];
    const gas = BigInt(await this.rpc.call<Hex>('eth_estimateGas', ...parameters));
    // Storage that the first batch warms, and the authorization itself.
    return (gas * 3n) / 2n + 100_000n;
  }

  private clientOf(account: PrivateKeyAccount): WalletClient<Transport, undefined, PrivateKeyAccount> {
    return createWalletClient({ account, transport: http(this.rpc.url, { retryCount: 0 }) });
  }

  private deployed(): Promise<Address> {
    this.executor ??= this.deploy();
    this.executor.catch(() => (this.executor = undefined));
    return this.executor;
  }

  private async deploy(): Promise<Address> {
    const { bytecode } = artifact('BatchExecutor');
    const gas = toHex(2_000_000);
    const hash = await this.rpc.call<Hex>('eth_sendTransaction', { from: this.deployer, data: bytecode, gas });
    for (;;) {
      const receipt = await this.rpc.call<{ contractAddress: Address } | null>('eth_getTransactionReceipt', hash);
      if (receipt) return receipt.contractAddress;
      await new Promise((resolve) => setTimeout(resolve, RECEIPT_POLL_MS));
    }
  }

  /** As EIP-5792 has it: 100 pending, 200 confirmed, 500 reverted. */
  async status(hash: Hex): Promise<{ status: number; receipts?: object[] }> {
    const receipt = await this.rpc.call<Record<string, unknown> | null>('eth_getTransactionReceipt', hash);
    if (!receipt) return { status: 100 };
    const { logs, status, blockHash, blockNumber, gasUsed, transactionHash } = receipt;
    return {
      status: hexToNumber(status as Hex) === 1 ? 200 : 500,
      receipts: [{ logs, status, blockHash, blockNumber, gasUsed, transactionHash }],
    };
  }
}

/** In the words that wallets use. */
function refusalOf(error: unknown): unknown {
  for (let next = error; next instanceof Error; next = next.cause) {
    if (next instanceof RpcError) {
      const name = revertNameOf(next.data);
      return new WalletError(next.code, name === undefined ? next.message : `execution reverted: ${name}`, next.data);
    }
    if (/insufficient funds/i.test(next.message)) return new WalletError(-32000, 'insufficient funds for gas');
  }
  return error;
}
