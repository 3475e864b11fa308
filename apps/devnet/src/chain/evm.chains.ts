import { type AnvilProcess, startAnvil } from './anvil.process.js';
import { deploy, type Deployment } from './chain.deployment.js';
import { JsonRpcClient } from './json-rpc.client.js';
import { StateFolder, type StateRecord } from './state.folder.js';
import { releasedByLastRun } from './state.release.js';
import { commonTokenPlans, tokenPlans } from './token.catalog.js';
import { type DevnetKeys, FUNDED_ACCOUNTS, keysOf, newMnemonic } from './wallet.keys.js';

export interface EvmChainsOptions {
  /** The first gets all tokens, each further one a few. */
  readonly chainIds: readonly number[];
  /** The first chain's; the others take any free one. */
  readonly port: number;
  readonly tokens: number;
  readonly stateDir?: string | undefined;
  readonly mnemonic?: string | undefined;
  readonly blockTimeSeconds?: number | undefined;
}

export interface RunningChain {
  readonly chainId: number;
  readonly node: AnvilProcess;
  readonly rpc: JsonRpcClient;
  readonly deployment: Deployment;
}

export interface RunningChains {
  readonly keys: DevnetKeys;
  readonly chains: readonly RunningChain[];
}

/** Starts the nodes: from the stored state where there is a good one, else with a fresh market and fresh wallets. */
export async function startEvmChains(options: EvmChainsOptions): Promise<RunningChains> {
  const state = options.stateDir === undefined ? undefined : new StateFolder(options.stateDir);
  if (state) await releasedByLastRun(state, options.chainIds);
  const stored = state?.continuable(options.chainIds);
  const last = options.mnemonic === undefined || options.mnemonic === stored?.mnemonic ? stored : undefined;
  const keys = keysOf(options.mnemonic ?? last?.mnemonic ?? newMnemonic());

  const starts = options.chainIds.map((chainId, index) => startChain({ chainId, index, keys, options, state, last }));
  const settled = await Promise.allSettled(starts);
  const chains = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failure = settled.find((one) => one.status === 'rejected');
  if (failure) {
    await Promise.all(chains.map(({ node }) => node.stop()));
    const hint = last ? ` If the state in ${options.stateDir} is the cause, remove that folder to start anew.` : '';
    throw new Error(`The devnet's chains did not start. ${(failure.reason as Error).message}${hint}`, {
      cause: failure.reason,
    });
  }
  const records = chains.map(({ chainId, deployment, node: { rpcUrl, pid } }) => [
    chainId,
    { deployment, rpcUrl, pid },
  ]);
  state?.keep(keys.mnemonic, Object.fromEntries(records) as StateRecord['chains']);
  return { keys, chains };
}

interface ChainStart {
  readonly chainId: number;
  readonly index: number;
  readonly keys: DevnetKeys;
  readonly options: EvmChainsOptions;
  readonly state: StateFolder | undefined;
  readonly last: StateRecord | undefined;
}

async function startChain({ chainId, index, keys, options, state, last }: ChainStart): Promise<RunningChain> {
  const node = await startAnvil({
    chainId,
    mnemonic: keys.mnemonic,
    accounts: FUNDED_ACCOUNTS,
    port: index === 0 ? options.port : 0,
    loadStateFrom: last && state?.lastDumpPath(last, chainId),
    dumpStateTo: state?.dumpPath(chainId),
  });
  try {
    const rpc = new JsonRpcClient(node.rpcUrl);
    const plans = index === 0 ? tokenPlans(options.tokens) : commonTokenPlans();
    const deployment = last?.chains[chainId]?.deployment ?? (await deploy(rpc, chainId, keys, plans));
    if (options.blockTimeSeconds !== undefined) await rpc.call('evm_setIntervalMining', options.blockTimeSeconds);
    return { chainId, node, rpc, deployment };
  } catch (error) {
    await node.stop();
    throw error;
  }
}
