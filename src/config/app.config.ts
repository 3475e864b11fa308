import type { EncryptionKey } from '@chaincache/cache';
import type { EvmChain } from './evm-chains.parser.js';
import type { RedisPlace } from './redis-url.parser.js';
import type { TrustProxy } from './trust-proxy.parser.js';
import type { CorsOrigins } from './web.types.js';

/** thirdweb Insight, and who we are to it. */
export interface InsightConfig {
  readonly url: string;
  readonly clientId: string | undefined;
  readonly secretKey: string | undefined;
}

/** How the cache is watched. */
export interface MetricsConfig {
  /** A port of its own for /metrics; undefined: that of the API. */
  readonly port: number | undefined;
  /** What a scraper must show; undefined: nothing. */
  readonly token: string | undefined;
  readonly webhook: { readonly url: string; readonly secret: string } | undefined;
  /** Part of all hits that is compared with its source. */
  readonly consistencySample: number;
  /** Entries that are answered from their source. */
  readonly shadow: readonly string[];
}

/** How much may be loaded ahead of readers. */
export interface WarmingConfig {
  /** How long a silent leader stays one. */
  readonly leaseMs: number;
  /** What the start probe waits for warming at most. */
  readonly startBoundMs: number;
  /** What Insight takes from the whole fleet, and what of it warming may have. */
  readonly callsPerMinute: number;
  readonly warmCallsPerMinute: number;
}

/** Everything the application can be told, checked. Inject it by this class. Durations are ms. */
export abstract class AppConfig {
  abstract readonly production: boolean;
  abstract readonly host: string;
  abstract readonly port: number;
  abstract readonly trustProxy: TrustProxy;
  abstract readonly logLevel: string;
  abstract readonly dataDir: string;
  /** Undefined: the cache lives in this process's memory only. */
  abstract readonly redis: RedisPlace | undefined;
  abstract readonly databaseUrl: string | undefined;
  abstract readonly insight: InsightConfig;
  /** thirdweb Bridge, where quotes come from. */
  abstract readonly bridgeUrl: string;
  /** Where the devnet's browser wallet answers; undefined: none is offered. Never there in production. */
  abstract readonly devnetWalletUrl: string | undefined;
  /** Other origins whose pages may call the API; undefined: none. */
  abstract readonly corsOrigins: CorsOrigins | undefined;
  /** At least one. The first is the one that heights without a chain id are of. */
  abstract readonly evmChains: readonly EvmChain[];
  abstract readonly r3mesRpcUrl: string | undefined;
  /** A node of another chain stops the start. */
  abstract readonly r3mesChainId: string;
  abstract readonly r3mesApiUrl: string | undefined;
  abstract readonly adminApiKey: string | undefined;
  abstract readonly jwtSecret: string | undefined;
  /** Host and port of the page on which people sign in. */
  abstract readonly authDomain: string;
  abstract readonly cacheKeyPrefix: string | undefined;
  /** For what is encrypted in Redis, the current one first. */
  abstract readonly cacheEncryptionKeys: readonly EncryptionKey[];
  abstract readonly l1MaxBytes: number;
  /** Fresh life by entry name, where configuration overrides the catalog. */
  abstract readonly freshMsByEntry: Readonly<Record<string, number>>;
  /** For all upstream calls of one request together. */
  abstract readonly requestDeadlineMs: number;
  abstract readonly coldLoads: { readonly perMinute: number; readonly burst: number };
  abstract readonly invalidationCooldownMs: number;
  abstract readonly warming: WarmingConfig;
  /** From being told to stop to closing the port: time for load balancers to notice. */
  abstract readonly shutdownDelayMs: number;
  abstract readonly metrics: MetricsConfig;
  /** Where traces go; undefined: there are none. */
  abstract readonly tracingUrl: string | undefined;
}

/** An AppConfig whose EVM upstream is still to be started locally: see `withUpstream`. */
export type UnresolvedConfig = Omit<AppConfig, 'insight' | 'evmChains' | 'bridgeUrl'> & {
  readonly insight: InsightConfig | undefined;
  readonly bridgeUrl: string | undefined;
  readonly evmChains: readonly EvmChain[] | undefined;
};

/** The configuration with an upstream put where none was configured. */
export function withUpstream(
  config: UnresolvedConfig,
  upstream: {
    readonly insight: InsightConfig;
    readonly evmChains: readonly EvmChain[];
    readonly bridgeUrl: string;
    readonly devnetWalletUrl?: string;
  },
): AppConfig {
  return Object.freeze({
    ...config,
    bridgeUrl: config.bridgeUrl ?? upstream.bridgeUrl,
    devnetWalletUrl: config.devnetWalletUrl ?? upstream.devnetWalletUrl,
    insight: config.insight ?? upstream.insight,
    evmChains: config.evmChains ?? upstream.evmChains,
  });
}
