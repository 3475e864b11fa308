import {
  type Address,
  encodeDeployData,
  encodeFunctionData,
  erc20Abi,
  getContractAddress,
  type Hex,
  parseUnits,
  toHex,
} from 'viem';
import { MARKET_ABI, NATIVE_TOKEN, PRICE_DECIMALS } from './contract.abis.js';
import { artifact } from './contract.artifacts.js';
import { JsonRpcClient } from './json-rpc.client.js';
import type { TokenKind, TokenPlan } from './token.catalog.js';
import type { DevnetKeys } from './wallet.keys.js';

export interface DevnetToken {
  readonly chainId: number;
  readonly address: Address;
  readonly kind: TokenKind;
  /** What the token was deployed with: a `nameless` one does not tell. */
  readonly name: string;
  readonly symbol: string;
  readonly decimals: number;
}

/** Where everything stands on a chain. Plain JSON. */
export interface Deployment {
  readonly lens: Address;
  readonly market: Address;
  /** What things are sold for by default. */
  readonly stable: Address;
  readonly tokens: readonly DevnetToken[];
}

interface Transaction {
  readonly from: Address;
  readonly to?: Address;
  readonly data: Hex;
}

const GAS_EACH = 20_000_000;
/** anvil takes bodies up to 2 MB; a token's creation is about 7 kB of hex. */
const TRANSACTIONS_A_REQUEST = 60;
const NATIVE_PRICE_USD = '2500';

/**
 * Puts the market and the tokens on a fresh chain, in one block. The addresses follow from the deployer's address and
 * nonces, so that nothing has to wait for a receipt before the next thing is sent.
 */
export async function deploy(
  rpc: JsonRpcClient,
  chainId: number,
  keys: DevnetKeys,
  plans: readonly TokenPlan[],
): Promise<Deployment> {
  const { deployer } = keys;
  const [alice, bob, carol] = keys.wallets;
  const at = (nonce: number): Address => getContractAddress({ from: deployer, nonce: BigInt(nonce) });
  const lens = at(0);
  const market = at(1);
  const tokens = plans.map((plan, index) => tokenAt(chainId, at(index + 2), plan));

  const transactions: Transaction[] = [
    { from: deployer, data: encodeDeployData({ ...artifact('Lens') }) },
    { from: deployer, data: encodeDeployData({ ...artifact('Market'), args: [deployer] }) },
    ...plans.map((plan) => creation(plan, deployer, plan.reserve > 0n ? deployer : alice.address)),
  ];
  const prices: { token: Address; priceUsd: string }[] = [{ token: NATIVE_TOKEN, priceUsd: NATIVE_PRICE_USD }];
  for (const [index, plan] of plans.entries()) {
    const token = tokens[index]!.address;
    if (plan.priceUsd !== null) prices.push({ token, priceUsd: plan.priceUsd });
    if (plan.kind === 'spam' || plan.kind === 'priced-spam') transactions.push(spam(deployer, market, token));
    if (plan.reserve > 0n) {
      transactions.push(transfer(deployer, token, market, plan.reserve));
      transactions.push(transfer(deployer, token, alice.address, plan.supply - plan.reserve));
    }
    if (plan.common) transactions.push(transfer(alice.address, token, bob.address, (plan.supply - plan.reserve) / 10n));
  }
  transactions.push(pricing(deployer, market, prices));

  await rpc.call('evm_setAutomine', false);
  const hashes: string[] = [];
  for (let from = 0; from < transactions.length; from += TRANSACTIONS_A_REQUEST) {
    hashes.push(...(await send(rpc, transactions.slice(from, from + TRANSACTIONS_A_REQUEST))));
  }
  await rpc.batch([
    { method: 'anvil_setBalance', params: [carol.address, '0x0'] },
    { method: 'evm_mine' },
    { method: 'evm_setAutomine', params: [true] },
  ]);
  await mustHaveSucceeded(rpc, hashes);
  return { lens, market, stable: tokens[0]!.address, tokens };
}

function tokenAt(chainId: number, address: Address, plan: TokenPlan): DevnetToken {
  return { chainId, address, kind: plan.kind, name: plan.name, symbol: plan.symbol, decimals: plan.decimals };
}

function creation(plan: TokenPlan, from: Address, holder: Address): Transaction {
  const args = [plan.name, plan.symbol, plan.decimals, plan.supply, holder];
  return { from, data: encodeDeployData({ ...artifact(plan.contract), args }) };
}

function transfer(from: Address, token: Address, to: Address, amount: bigint): Transaction {
  return { from, to: token, data: encodeFunctionData({ abi: erc20Abi, functionName: 'transfer', args: [to, amount] }) };
}

function spam(from: Address, market: Address, token: Address): Transaction {
  return {
    from,
    to: market,
    data: encodeFunctionData({ abi: MARKET_ABI, functionName: 'setSpam', args: [token, true] }),
  };
}

function pricing(from: Address, market: Address, prices: readonly { token: Address; priceUsd: string }[]): Transaction {
  const args = [
    prices.map(({ token }) => token),
    prices.map(({ priceUsd }) => parseUnits(priceUsd, PRICE_DECIMALS)),
  ] as const;
  return { from, to: market, data: encodeFunctionData({ abi: MARKET_ABI, functionName: 'setPrices', args }) };
}

async function send(rpc: JsonRpcClient, transactions: readonly Transaction[]): Promise<string[]> {
  const calls = transactions.map((transaction) => ({
    method: 'eth_sendTransaction',
    params: [{ ...transaction, gas: toHex(GAS_EACH) }],
  }));
  return (await rpc.batch(calls)) as string[];
}

async function mustHaveSucceeded(rpc: JsonRpcClient, hashes: readonly string[]): Promise<void> {
  const calls = hashes.map((hash) => ({ method: 'eth_getTransactionReceipt', params: [hash] }));
  const receipts = (await rpc.batch(calls)) as ({ status: Hex } | null)[];
  const failed = receipts.filter((receipt) => receipt?.status !== '0x1').length;
  if (failed > 0) throw new Error(`The devnet could not be set up: ${failed} of ${hashes.length} transactions failed.`);
}
