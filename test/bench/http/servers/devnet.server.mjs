/** The upstreams of the API, which its answers are about. */
import { randomBytes } from 'node:crypto';
import { startDevnet } from '@chaincache/devnet';
import { serve } from '../../process.mjs';

let devnet;

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
    const { evm, wallets, control } = devnet;
    const given = evm.tokens.filter(({ kind }) => kind === 'plain').slice(0, tokens);
    const addresses = Array.from({ length: count }, () => `0x${randomBytes(20).toString('hex')}`);
    for (const to of addresses) {
      for (const { address: token } of given) {
        await control.chain().transfer({ token, from: wallets[0].address, to, amount: 5_000_000n });
      }
    }
    return addresses;
  },

  stop: () => devnet?.stop(),
});
