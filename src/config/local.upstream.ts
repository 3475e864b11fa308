import { join } from 'node:path';
import type { AppConfig, InsightConfig, UnresolvedConfig } from './app.config.js';
import { withUpstream } from './app.config.js';
import type { EvmChain } from './evm-chains.parser.js';

/** As much of the devnet as is used here. Its package is left out of a production install, so its types are too. */
interface LocalDevnet {
  readonly insight: { readonly url: string; readonly clientId: string };
  readonly chains: readonly { readonly chainId: number; readonly rpcUrl: string; readonly wsUrl: string }[];
  readonly wallets: readonly {
    readonly name: string;
    readonly address: string;
    readonly privateKey: string;
    readonly holds: string;
  }[];
  stop(): Promise<void>;
}

interface DevnetPackage {
  readonly startDevnet: (options: { readonly stateDir: string }) => Promise<LocalDevnet>;
}

const DEVNET_PACKAGE: string = '@chaincache/devnet';

/** The configuration with every upstream in place, and what was started for it. */
export interface ResolvedUpstream {
  readonly config: AppConfig;
  /** For people: what was started, and wallets to try. */
  readonly announcement: readonly string[];
  readonly stop: () => Promise<void>;
}

/** Starts the devnet where no EVM upstream is configured. In production there always is one: `readConfig` sees to it. */
export async function resolveUpstream(config: UnresolvedConfig): Promise<ResolvedUpstream> {
  const { insight, evmChains } = config;
  if (insight !== undefined && evmChains !== undefined) {
    return { config: withUpstream(config, { insight, evmChains }), announcement: [], stop: () => Promise.resolve() };
  }
  const { startDevnet } = (await import(DEVNET_PACKAGE)) as DevnetPackage;
  const devnet = await startDevnet({ stateDir: join(config.dataDir, 'devnet') });
  return {
    config: withUpstream(config, upstreamOf(devnet)),
    announcement: announce(devnet),
    stop: () => devnet.stop(),
  };
}

function upstreamOf({ insight, chains }: LocalDevnet): { insight: InsightConfig; evmChains: readonly EvmChain[] } {
  return {
    insight: { url: insight.url, clientId: insight.clientId, secretKey: undefined },
    evmChains: chains.map(({ chainId, rpcUrl, wsUrl }) => ({ id: chainId, rpcUrl, wsUrl })),
  };
}

function announce({ insight, chains, wallets }: LocalDevnet): string[] {
  return [
    'No EVM upstream is configured: a local devnet was started. Its keys are worth nothing anywhere else.',
    ...chains.map(({ chainId, rpcUrl, wsUrl }) => `  chain    ${chainId}  ${rpcUrl}  ${wsUrl}`),
    `  insight  ${insight.url}`,
    ...wallets.map(
      ({ name, address, privateKey, holds }) => `  wallet   ${address}  ${name}: ${holds}; key ${privateKey}`,
    ),
  ];
}
