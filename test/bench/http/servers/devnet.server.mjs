/** The upstreams of the API, which its answers are about. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { startDevnet } from '@chaincache/devnet';
import { encodeFunctionData, erc20Abi, toHex } from 'viem';
import { serve } from '../../process.mjs';

/** More than a transfer takes. */
const GAS = toHex(200_000);
const AMOUNT = 5_000_000n;
const SENT_AT_ONCE = 100;

let devnet;

async function rpc(method, ...params) {
  const response = await fetch(devnet.chains[0].rpcUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  const { result, error } = await response.json();
  if (error !== undefined) throw new Error(`${method}: ${error.message}`);
  return result;
}

/** Resolves when the last one stands in a block: those of one sender are taken in their order. */
async function sendAll(transactions) {
  const [{ from }] = transactions;
  const first = Number(await rpc('eth_getTransactionCount', from, 'pending'));
  let last;
  for (let at = 0; at < transactions.length; at += SENT_AT_ONCE) {
    const some = transactions.slice(at, at + SENT_AT_ONCE);
    const send = (one, index) => rpc('eth_sendTransaction', { ...one, gas: GAS, nonce: toHex(first + at + index) });
    last = (await Promise.all(some.map(send))).at(-1);
  }
  while ((await rpc('eth_getTransactionReceipt', last)) === null) await sleep(20);
}

serve({
  /** @returns the variables that lead the API here, and the wallet that holds every token */
  async listen() {
    devnet = await startDevnet({ r3mes: {} });
    const { insight, chains, r3mes, wallets } = devnet;
    return {
      environment: {
        THIRDWEB_CLIENT_ID: insight.clientId,
        INSIGHT_URL: insight.url,
        EVM_CHAINS: chains.map(({ chainId, rpcUrl, wsUrl }) => `${chainId}=${rpcUrl}|${wsUrl}`).join(','),
        R3MES_RPC_URL: r3mes.rpcUrl,
        R3MES_API_URL: r3mes.apiUrl,
        R3MES_CHAIN_ID: r3mes.chainId,
      },
      rich: wallets[0].address.toLowerCase(),
    };
  },

  /** New wallets that hold `tokens` tokens each. @returns their addresses */
  async fillWallets({ count, tokens }) {
    const { evm, wallets } = devnet;
    const given = evm.tokens.filter(({ kind }) => kind === 'plain').slice(0, tokens);
    const addresses = Array.from({ length: count }, () => `0x${randomBytes(20).toString('hex')}`);
    const transferTo = (to) => encodeFunctionData({ abi: erc20Abi, functionName: 'transfer', args: [to, AMOUNT] });
    await sendAll(
      addresses.flatMap((to) =>
        given.map(({ address }) => ({ from: wallets[0].address, to: address, data: transferTo(to) })),
      ),
    );
    return addresses;
  },

  stop: () => devnet?.stop(),
});
