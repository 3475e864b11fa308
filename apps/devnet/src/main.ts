import { parseArgs } from 'node:util';
import { type Devnet, startDevnet } from './devnet.js';
import { devnetWallet } from './r3mes/wallet.derivation.js';

/** One of those that mine the R3MES chain's blocks. */
const miner = devnetWallet('miner/1');

const USAGE = `Usage: npm run devnet -- [options]
  --port <number>       of the indexer; any free one if left out
  --evm-port <number>   of the first chain's node; any free one if left out
  --r3mes-port <number> of the R3MES chain's RPC; any free one if left out
  --r3mes-api-port <n>  of its REST API; any free one if left out
  --chain <id>          may be repeated; 31337 if left out
  --state-dir <folder>  keeps the chains from one run to the next
  --block-time <s>      seconds between blocks; a block per transaction if left out
  --json                prints one line of JSON instead of text`;

const OPTIONS = {
  port: { type: 'string' },
  'evm-port': { type: 'string' },
  'r3mes-port': { type: 'string' },
  'r3mes-api-port': { type: 'string' },
  chain: { type: 'string', multiple: true },
  'state-dir': { type: 'string' },
  'block-time': { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const values = flags();
  if (values.help) return console.log(USAGE);
  const devnet = await startDevnet({
    ports: { insight: number('port', values.port) ?? 0, evm: number('evm-port', values['evm-port']) ?? 0 },
    chainIds: values.chain?.map((id) => number('chain', id)!) ?? [31337],
    stateDir: values['state-dir'],
    blockTimeSeconds: number('block-time', values['block-time']),
    r3mes: {
      rpcPort: number('r3mes-port', values['r3mes-port']) ?? 0,
      apiPort: number('r3mes-api-port', values['r3mes-api-port']) ?? 0,
    },
  });
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      stopping = true;
      void devnet.stop().then(() => process.exit(0));
    });
  }
  console.log(values.json ? JSON.stringify(summary(devnet)) : text(devnet));
  await devnet.ended;
  if (stopping) return;
  await devnet.stop();
  throw new Error('A node ended by itself; so did the devnet.');
}

function flags() {
  try {
    return parseArgs({ options: OPTIONS }).values;
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${USAGE}`, { cause: error });
  }
}

function number(name: string, given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  if (!/^\d+$/.test(given)) throw new Error(`--${name} is a whole number, not "${given}".`);
  return Number(given);
}

function summary({ chains, insight, r3mes, bridge, browserWallet, wallets }: Devnet): object {
  return {
    insight,
    r3mes: { chainId: r3mes!.chainId, rpcUrl: r3mes!.rpcUrl, wsUrl: r3mes!.wsUrl, apiUrl: r3mes!.apiUrl, miner },
    bridge,
    browserWallet,
    wallets,
    chains: chains.map(({ tokens, ...chain }) => ({ ...chain, tokens: tokens.length })),
  };
}

function text({ chains, insight, r3mes, bridge, browserWallet, wallets }: Devnet): string {
  return [
    ...wallets.map(({ name, address, privateKey, holds }) => `wallet ${name} ${address} key ${privateKey} (${holds})`),
    ...chains.map(
      ({ chainId, rpcUrl, wsUrl, market, stable, tokens }) =>
        `chain ${chainId} ${rpcUrl} ${wsUrl} market ${market} stable ${stable} tokens ${tokens.length}`,
    ),
    `insight ${insight.url} client id ${insight.clientId}`,
    `r3mes ${r3mes!.chainId} ${r3mes!.rpcUrl} ${r3mes!.wsUrl} api ${r3mes!.apiUrl} miner ${miner}`,
    `bridge ${bridge.url} browser wallet ${browserWallet.url}`,
    `ready ${insight.url}`,
  ].join('\n');
}
