import { setTimeout as wait } from 'node:timers/promises';
import { type AnvilProcess, startAnvil } from './anvil.process.js';
import { deploy, type Deployment } from './chain.deployment.js';
import { JsonRpcClient } from './json-rpc.client.js';
import { StateFolder, type StateRecord } from './state.folder.js';
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

const RELEASE_TIMEOUT_MS = 10_000;

/** Starts the nodes: from the stored state where there is a good one, else with a fresh market and fresh wallets. */
export async function startEvmChains(options: EvmChainsOptions): Promise<RunningChains> {
  const state = options.stateDir === undefined ? undefined : new StateFolder(options.stateDir);
  await releasedByOthers(state?.record());
  const stored = state?.continuable(options.chainIds);
  const earlier = options.mnemonic === undefined || options.mnemonic === stored?.mnemonic ? stored : undefined;
  const keys = keysOf(options.mnemonic ?? earlier?.mnemonic ?? newMnemonic());

  const starts = options.chainIds.map((chainId, index) =>
    startChain({ chainId, index, keys, options, state, earlier }),
  );
  const settled = await Promise.allSettled(starts);
  const chains = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failure = settled.find((one) => one.status === 'rejected');
  if (failure) {
    await Promise.all(chains.map(({ node }) => node.stop()));
    throw failure.reason;
  }
  state?.keep(
    keys.mnemonic,
    Object.fromEntries(chains.map(({ chainId, deployment, node }) => [chainId, { deployment, rpcUrl: node.rpcUrl }])),
  );
  return { keys, chains };
}

interface ChainStart {
  readonly chainId: number;
  readonly index: number;
  readonly keys: DevnetKeys;
  readonly options: EvmChainsOptions;
  readonly state: StateFolder | undefined;
  readonly earlier: StateRecord | undefined;
}

async function startChain({ chainId, index, keys, options, state, earlier }: ChainStart): Promise<RunningChain> {
  const node = await startAnvil({
    chainId,
    mnemonic: keys.mnemonic,
    accounts: FUNDED_ACCOUNTS,
    port: index === 0 ? options.port : 0,
    blockTimeSeconds: options.blockTimeSeconds,
    loadStateFrom: earlier && state?.takeDump(earlier, chainId),
    dumpStateTo: state?.dumpPath(chainId),
  });
  try {
    const rpc = new JsonRpcClient(node.rpcUrl);
    const plans = index === 0 ? tokenPlans(options.tokens) : commonTokenPlans();
    const deployment = earlier?.chains[chainId]?.deployment ?? (await deploy(rpc, chainId, keys, plans));
    return { chainId, node, rpc, deployment };
  } catch (error) {
    await node.stop();
    throw error;
  }
}

/**
 * Two devnets on one state folder would overwrite each other's chains. After a killed run its nodes may still be
 * writing their dumps, so they are given time to leave.
 */
async function releasedByOthers(record: StateRecord | undefined): Promise<void> {
  const deadline = performance.now() + RELEASE_TIMEOUT_MS;
  for (const [chainId, { deployment, rpcUrl }] of Object.entries(record?.chains ?? {})) {
    while (await holds(rpcUrl, deployment)) {
      if (performance.now() > deadline) {
        throw new Error(
          `Another devnet uses this state folder (chain ${chainId} at ${rpcUrl}). Stop it, or use another.`,
        );
      }
      await wait(100);
    }
  }
}

/** Whether that node is still the one with these contracts, and not somebody else on the same port. */
async function holds(rpcUrl: string, deployment: Deployment): Promise<boolean> {
  try {
    return (await new JsonRpcClient(rpcUrl).call('eth_getCode', deployment.market, 'latest')) !== '0x';
  } catch {
    return false;
  }
}
