import { join } from 'node:path';
import type { Address } from 'viem';
import { BridgeControl } from './bridge/bridge.control.js';
import { BridgeMarket } from './bridge/bridge.market.js';
import { BridgeRoutes } from './bridge/bridge.routes.js';
import type { DevnetToken } from './chain/chain.deployment.js';
import { startEvmChains } from './chain/evm.chains.js';
import type { DevnetWallet } from './chain/wallet.keys.js';
import { ChainControl } from './control/chain.control.js';
import { type ControlTargets, controlRoute } from './control/control.route.js';
import { InsightControl } from './control/insight.control.js';
import { InsightServer } from './insight/insight.server.js';
import { IndexedChain } from './insight/tokens.listing.js';
import { listen, sendJson } from './r3mes/http.listener.js';
import { type R3mesChain, type R3mesChainOptions, startR3mesChain } from './r3mes/r3mes.chain.js';
import { WalletBatches } from './wallet/wallet.batches.js';
import { WALLET_PATH, WalletRoutes } from './wallet/wallet.routes.js';
import { WalletRpc } from './wallet/wallet.rpc.js';

export interface DevnetOptions {
  /** The first has all tokens, each further one a few. Default: `[31337]`. */
  readonly chainIds?: readonly number[];
  /** Of the indexer and of the first chain's node. Default 0: any free one. */
  readonly ports?: { readonly insight?: number; readonly evm?: number };
  /** How many ERC-20s a fresh first chain gets, at least 1; the first 14 are of all kinds. Default: 120. */
  readonly tokens?: number;
  /** Where the chains' state is kept from one run to the next. Default: nowhere, and each run has wallets of its own. */
  readonly stateDir?: string | undefined;
  /** Twelve words, to have the same wallets on every start. Default: new ones, or those in the state folder. */
  readonly mnemonic?: string | undefined;
  /** Seconds between blocks, which transactions wait for. Default: none; each transaction gets a block at once. */
  readonly blockTimeSeconds?: number | undefined;
  /** Has the R3MES chain started beside the others, with its state in `r3mesStateDir(stateDir)`. Default: none. */
  readonly r3mes?: Omit<R3mesChainOptions, 'stateDir'> | undefined;
}

export interface DevnetChain {
  readonly chainId: number;
  readonly rpcUrl: string;
  readonly wsUrl: string;
  /** See contracts/Market.sol; its interface is `MARKET_ABI`. */
  readonly market: Address;
  /** The USDC of the chain: what things are sold for by default. */
  readonly stable: Address;
  readonly tokens: readonly DevnetToken[];
  /** The node's process id. */
  readonly pid: number;
}

export interface DevnetInsight {
  readonly url: string;
  readonly clientId: string;
  readonly secretKey: string;
}

export interface Devnet {
  /** The first chain. */
  readonly evm: DevnetChain;
  readonly chains: readonly DevnetChain[];
  readonly insight: DevnetInsight;
  /** Undefined where it was not asked for. */
  readonly r3mes: R3mesChain | undefined;
  /** Speaks thirdweb Bridge. Its host begins with `localhost`, for that is what thirdweb's SDK takes over plain http. */
  readonly bridge: { readonly url: string };
  /** What a browser wallet for pages of this machine is made of: `provider.js`, and `rpc`, which it asks. */
  readonly browserWallet: { readonly url: string };
  readonly wallets: readonly [DevnetWallet, DevnetWallet, DevnetWallet];
  /** Those of all chains. */
  readonly tokens: readonly DevnetToken[];
  readonly control: ControlTargets;
  /** Resolves when a node has ended, by `stop()` or by itself. */
  readonly ended: Promise<void>;
  /** Ends everything, keeping the state where a folder was given. May be called twice. */
  stop(): Promise<void>;
}

const CLIENT_ID = 'devnet';
const SECRET_KEY = 'devnet-secret';

/** Where a devnet with this state folder keeps the R3MES chain's. */
export function r3mesStateDir(stateDir: string): string {
  return join(stateDir, 'r3mes');
}

/**
 * Starts the chains and the indexer over them, and resolves when they answer. All of it is on 127.0.0.1.
 * @throws RangeError for options that make no devnet; Error that says what did not start
 */
export async function startDevnet(options: DevnetOptions = {}): Promise<Devnet> {
  check(options);
  // The EVM nodes make the folder, and find out whether another devnet uses it.
  const evm = await startEvmParts(options);
  const { stateDir } = options;
  const r3mes =
    options.r3mes &&
    (await startR3mesChain({
      ...options.r3mes,
      ...(stateDir === undefined ? {} : { stateDir: r3mesStateDir(stateDir) }),
    }).catch(async (error: unknown) => {
      await evm.stop();
      throw error;
    }));
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => void (await Promise.all([evm.stop(), r3mes?.stop()]));
  return { ...evm, r3mes, stop: () => (stopping ??= stop()) };
}

async function startEvmParts(options: DevnetOptions): Promise<Omit<Devnet, 'r3mes'>> {
  const { keys, chains } = await startEvmChains({
    chainIds: options.chainIds ?? [31337],
    port: options.ports?.evm ?? 0,
    tokens: options.tokens ?? 120,
    stateDir: options.stateDir,
    mnemonic: options.mnemonic,
    blockTimeSeconds: options.blockTimeSeconds,
  });
  const stopNodes = async (): Promise<void> => void (await Promise.all(chains.map(({ node }) => node.stop())));

  const controls = new Map(
    chains.map(({ chainId, rpc, deployment }) => [chainId, new ChainControl(rpc, deployment, keys.deployer)]),
  );
  const server: InsightServer = new InsightServer({
    port: options.ports?.insight ?? 0,
    clientId: CLIENT_ID,
    secretKey: SECRET_KEY,
    chains: chains.map(({ chainId, rpc, deployment }) => new IndexedChain(chainId, rpc, deployment)),
    otherwise: (request, response) => route(request, response),
  });
  const control: ControlTargets = {
    insight: new InsightControl(server),
    bridge: new BridgeControl(),
    chain: (chainId = chains[0]!.chainId) => {
      const found = controls.get(chainId);
      if (!found)
        throw new RangeError(`The devnet has no chain ${chainId}; it has ${[...controls.keys()].join(', ')}.`);
      return found;
    },
  };
  const route = controlRoute(control);
  const selling = new BridgeRoutes(
    chains.map(({ chainId, rpc, deployment }) => new BridgeMarket(chainId, rpc, deployment)),
    control.bridge,
  );
  const wallet = new WalletRoutes(
    new WalletRpc(
      keys.wallets,
      chains.map(({ chainId, rpc }) => ({ chainId, rpc, batches: new WalletBatches(chainId, rpc, keys.deployer) })),
    ),
  );
  const [url, trade] = await Promise.all([
    server.listen(),
    listen('127.0.0.1', 0, async (request, response) => {
      if (await selling.handle(request, response)) return;
      if (!(await wallet.handle(request, response))) sendJson(response, 404, { error: 'Not found' });
    }),
  ]).catch(async (error: unknown) => {
    await stopNodes();
    throw error;
  });

  const described = chains.map(({ chainId, node, deployment }) => ({
    chainId,
    rpcUrl: node.rpcUrl,
    wsUrl: node.wsUrl,
    market: deployment.market,
    stable: deployment.stable,
    tokens: deployment.tokens,
    pid: node.pid,
  }));
  return {
    evm: described[0]!,
    chains: described,
    insight: { url, clientId: CLIENT_ID, secretKey: SECRET_KEY },
    bridge: { url: `http://localhost:${trade.port}` },
    browserWallet: { url: `http://127.0.0.1:${trade.port}${WALLET_PATH}` },
    wallets: keys.wallets,
    tokens: described.flatMap(({ tokens }) => tokens),
    control,
    ended: Promise.race(chains.map(({ node }) => node.exited)),
    stop: () => Promise.all([server.close(), trade.close()]).then(stopNodes),
  };
}

function check({ chainIds, tokens }: DevnetOptions): void {
  if (chainIds?.length === 0) throw new RangeError('chainIds: at least one chain id.');
  if (new Set(chainIds).size !== (chainIds?.length ?? 0)) throw new RangeError('chainIds: each chain id once.');
  if (tokens !== undefined && !(Number.isInteger(tokens) && tokens >= 1))
    throw new RangeError('tokens: an integer from 1.');
}
