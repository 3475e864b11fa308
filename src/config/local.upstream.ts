import { join } from 'node:path';
import type { AppConfig, InsightConfig, UnresolvedConfig } from './app.config.js';
import { withUpstream } from './app.config.js';
import { type DevnetPackage, loadDevnetPackage, type LocalDevnet, type LocalR3mesChain } from './devnet.package.js';
import type { EvmChain } from './evm-chains.parser.js';
import { announceEvm, announceR3mes } from './local.announcement.js';

const DEFAULT_BRIDGE_URL = 'https://bridge.thirdweb.com';

/** The configuration with every upstream in place, and what was started for it. */
export interface ResolvedUpstream {
  readonly config: AppConfig;
  /** For people: what was started, and wallets to try. */
  readonly announcement: readonly string[];
  readonly stop: () => Promise<void>;
}

/**
 * Starts local parts where nothing is configured: for the EVM upstream, for the R3MES chain, or for both. In production
 * there always is something: `readConfig` sees to it. Of a chain that is configured by halves, no half is local: an API
 * of one chain and a node of another would contradict each other.
 */
export async function resolveUpstream(config: UnresolvedConfig): Promise<ResolvedUpstream> {
  const needsEvm = !hasEvmUpstream(config);
  const needsR3mes = config.r3mesRpcUrl === undefined && config.r3mesApiUrl === undefined;
  if (!needsEvm && !needsR3mes) {
    return { config: withoutLocalParts(config), announcement: [], stop: () => Promise.resolve() };
  }
  const devnet = await loadDevnetPackage();
  const stateDir = join(config.dataDir, 'devnet');
  const r3mes = { chainId: config.r3mesChainId };
  if (!needsEvm) {
    const chain = await devnet.startR3mesChain({ ...r3mes, stateDir: devnet.r3mesStateDir(stateDir) });
    return {
      config: withoutLocalParts(withR3mes(config, chain)),
      announcement: announceR3mes(chain, walletsToTry(devnet, config)),
      stop: () => chain.stop(),
    };
  }
  const local = await devnet.startDevnet({ stateDir, r3mes: needsR3mes ? r3mes : undefined });
  const chain = local.r3mes;
  return {
    config: withUpstream(chain === undefined ? config : withR3mes(config, chain), upstreamOf(local)),
    announcement: [
      ...announceEvm(local),
      ...(chain === undefined ? [] : announceR3mes(chain, walletsToTry(devnet, config))),
    ],
    stop: () => local.stop(),
  };
}

/**
 * The configuration as it stands. An R3MES chain that is not configured stays absent, and what is read of it says so.
 * @throws Error where no EVM upstream is configured
 */
export function withoutLocalParts(config: UnresolvedConfig): AppConfig {
  if (!hasEvmUpstream(config)) throw new Error('EVM_CHAINS is missing.');
  const { insight, evmChains } = config;
  return withUpstream(config, { insight, evmChains, bridgeUrl: DEFAULT_BRIDGE_URL });
}

type WithEvmUpstream = UnresolvedConfig & {
  readonly insight: InsightConfig;
  readonly evmChains: readonly EvmChain[];
};

function hasEvmUpstream(config: UnresolvedConfig): config is WithEvmUpstream {
  return config.insight !== undefined && config.evmChains !== undefined;
}

function withR3mes(config: UnresolvedConfig, { rpcUrl, apiUrl }: LocalR3mesChain): UnresolvedConfig {
  return { ...config, r3mesRpcUrl: rpcUrl, r3mesApiUrl: apiUrl };
}

/** They are in the local database, which has the same wallets as the local chain. */
function walletsToTry({ devnetR3mesWallet }: DevnetPackage, { databaseUrl }: UnresolvedConfig) {
  const user = databaseUrl === undefined ? devnetR3mesWallet('user/1') : undefined;
  return { miner: devnetR3mesWallet('miner/1'), user };
}

function upstreamOf({ insight, bridge, browserWallet, chains }: LocalDevnet): Parameters<typeof withUpstream>[1] {
  return {
    bridgeUrl: bridge.url,
    devnetWalletUrl: browserWallet.url,
    insight: { url: insight.url, clientId: insight.clientId, secretKey: undefined },
    evmChains: chains.map(({ chainId, rpcUrl, wsUrl }) => ({ id: chainId, rpcUrl, wsUrl })),
  };
}
