import type { Account, Chain, Client, Hex, Transport } from 'viem';
import {
  getCallsStatus,
  getChainId,
  getTransactionReceipt,
  sendCalls,
  sendTransaction,
  switchChain,
} from 'viem/actions';
import type { QuotedCall } from '../api/api.types.js';
import type { CallReceipt, CallsRequest, CallsStatus, SellingAccount, Submission } from '../selling/selling.account.js';

/** As much of a receipt as batches and transactions have in common. */
interface Receipt {
  readonly transactionHash: string;
  readonly blockNumber: bigint;
  readonly status: 'success' | 'reverted';
  readonly logs?: readonly { readonly address: string; readonly topics: readonly string[]; readonly data: string }[];
}

const UNKNOWN_BUNDLE = 5730;
const WAIT_MS = 500;

/**
 * An account of a viem wallet client. Sells in one batch (EIP-5792; a wallet that can makes it atomic, by EIP-7702 for
 * one); where the wallet knows no batches, by one transaction after another. Brings the wallet to the sale's chain first.
 */
export function viemAccount(client: Client<Transport, Chain | undefined, Account>): SellingAccount {
  return {
    address: client.account.address,
    async sendCalls(request) {
      if ((await getChainId(client)) !== request.chainId) await switchChain(client, { id: request.chainId });
      try {
        return await sendBatch(client, request);
      } catch (error) {
        if (!knowsNoBatches(error)) throw error;
        return sendOneByOne(client, request);
      }
    },
    callsStatus: (submission) =>
      submission.kind === 'calls' ? batchStatus(client, submission.id) : transactionsStatus(client, submission.hashes),
  };
}

type WalletClient = Parameters<typeof viemAccount>[0];

async function sendBatch(client: WalletClient, request: CallsRequest): Promise<Submission> {
  const { id } = await sendCalls(client, {
    id: request.id,
    account: client.account,
    chain: chainOf(client, request.chainId),
    calls: request.groups.flat().map(callOf),
  });
  const submission: Submission = { kind: 'calls', id };
  request.onSubmitted(submission);
  return submission;
}

async function batchStatus(client: WalletClient, id: string): Promise<CallsStatus> {
  try {
    const { statusCode, receipts = [] } = await getCallsStatus(client, { id });
    const told = receipts.map(receiptOf);
    if (statusCode < 200) return { state: 'pending', receipts: told };
    if (statusCode < 300) return { state: 'confirmed', receipts: told };
    return { state: statusCode >= 600 ? 'partial' : 'reverted', receipts: told };
  } catch (error) {
    if (!hasCode(error, UNKNOWN_BUNDLE)) throw error;
    return { state: 'unknown', receipts: [] };
  }
}

/** A token whose calls fail is left out; a person who declines ends it, and what was sold before stays sold. */
async function sendOneByOne(client: WalletClient, request: CallsRequest): Promise<Submission> {
  const chain = chainOf(client, request.chainId);
  let hashes: readonly Hex[] = [];
  let failure: unknown;
  for (const group of request.groups) {
    try {
      for (const call of group) {
        const hash = await sendTransaction(client, { account: client.account, chain, ...callOf(call) });
        hashes = [...hashes, hash];
        request.onSubmitted({ kind: 'transactions', hashes });
        // The next call builds on this one, and wallets try it out on the newest block.
        if ((await receiptFor(client, hash)).status === 'reverted') break;
      }
    } catch (error) {
      failure ??= error;
      if (hasCode(error, 4001)) break;
    }
  }
  if (hashes.length === 0) throw failure;
  return { kind: 'transactions', hashes };
}

async function receiptFor(client: WalletClient, hash: Hex): Promise<Receipt> {
  for (;;) {
    const receipt = await getTransactionReceipt(client, { hash }).catch(() => undefined);
    if (receipt) return receipt;
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
  }
}

async function transactionsStatus(client: WalletClient, hashes: readonly string[]): Promise<CallsStatus> {
  const found = await Promise.all(
    hashes.map((hash) => getTransactionReceipt(client, { hash: hash as Hex }).catch(() => undefined)),
  );
  const receipts = found.flatMap((receipt) => (receipt ? [receiptOf(receipt)] : []));
  if (receipts.length < hashes.length) return { state: 'pending', receipts };
  const good = receipts.filter(({ succeeded }) => succeeded).length;
  return { state: good === receipts.length ? 'confirmed' : good === 0 ? 'reverted' : 'partial', receipts };
}

function callOf({ to, data, value }: QuotedCall): { to: Hex; data: Hex; value: bigint } {
  return { to: to as Hex, data: data as Hex, value: BigInt(value) };
}

function receiptOf({ transactionHash, blockNumber, status, logs = [] }: Receipt): CallReceipt {
  return {
    transactionHash,
    blockNumber: Number(blockNumber),
    succeeded: status === 'success',
    logs: logs.map(({ address, topics, data }) => ({ address, topics: [...topics], data })),
  };
}

/** Only its id is used: the wallet knows the rest. */
function chainOf({ chain }: WalletClient, id: number): Chain {
  if (chain?.id === id) return chain;
  return {
    id,
    name: `Chain ${id}`,
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [] } },
  };
}

function knowsNoBatches(error: unknown): boolean {
  return hasCode(error, -32601) || hasCode(error, 4200) || hasCode(error, -32004);
}

function hasCode(error: unknown, code: number): boolean {
  for (let next = error; typeof next === 'object' && next !== null; next = (next as { cause?: unknown }).cause) {
    if ((next as { code?: unknown }).code === code) return true;
  }
  return false;
}
