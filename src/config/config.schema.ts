import { z } from 'zod';
import { encryptionKeys } from './encryption-keys.parser.js';
import { evmChains } from './evm-chains.parser.js';
import { ENTRY_NAMES_EXPECTED, entryNames, share } from './metrics.types.js';
import { redisPlace } from './redis-url.parser.js';
import { trustProxy } from './trust-proxy.parser.js';
import { bridgeUrl, corsOrigins } from './web.types.js';
import { bytes, duration, integer, text, url } from './variable.types.js';

const URL_OF_HTTP = 'an http:// or https:// address';
const SECRET = { secret: true };

/**
 * Every environment variable that Chaincache reads, with what it should be. The table in README is made of it.
 * `CACHE_TTL_<ENTRY>` comes on top, once for each catalog entry.
 */
export const VARIABLES = {
  NODE_ENV: z
    .enum(['development', 'test', 'production'])
    .default('development')
    .meta({ expected: 'development, test or production. In production nothing is replaced by a local part' }),
  HOST: text().optional().meta({ expected: 'an address to listen on. Default 127.0.0.1, in production 0.0.0.0' }),
  PORT: integer(0, 65_535).default(3000).meta({ expected: 'a port from 0 (any free one) to 65535. Default 3000' }),
  TRUST_PROXY: trustProxy.default(false).meta({
    expected:
      'false, a number of proxies from 1 to 10, or their addresses or ranges, like "10.0.0.0/8,loopback". Default false',
  }),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .meta({ expected: 'fatal, error, warn, info, debug, trace or silent. Default info' }),
  DATA_DIR: text().default('./.data').meta({ expected: 'a folder for the state of local parts. Default ./.data' }),

  REDIS_URL: redisPlace.optional().meta({
    expected:
      'redis://[user:password@]host[:port][/db], redis+sentinel://host[:port],…/master[/db] or ' +
      'redis+cluster://host[:port],…; rediss instead of redis means TLS',
    ...SECRET,
  }),
  DATABASE_URL: url('postgres', 'postgresql')
    .optional()
    .meta({ expected: 'postgresql://user:password@host[:port]/database', ...SECRET }),

  THIRDWEB_SECRET_KEY: text()
    .optional()
    .meta({ expected: "a thirdweb project's secret key", ...SECRET }),
  THIRDWEB_CLIENT_ID: text()
    .optional()
    .meta({ expected: "a thirdweb project's client id (NEXT_PUBLIC_THIRDWEB_CLIENT_ID means the same)" }),
  NEXT_PUBLIC_THIRDWEB_CLIENT_ID: text()
    .optional()
    .meta({ expected: "a thirdweb project's client id (the same as THIRDWEB_CLIENT_ID)" }),
  INSIGHT_URL: url('http', 'https')
    .optional()
    .meta({ expected: `${URL_OF_HTTP} of thirdweb Insight. Default https://insight.thirdweb.com` }),
  BRIDGE_URL: bridgeUrl.optional().meta({
    expected: 'an https:// address of thirdweb Bridge, or http://localhost:port. Default https://bridge.thirdweb.com',
  }),
  DEVNET_WALLET_URL: url('http').optional().meta({
    expected: 'the http:// address of a devnet’s browser wallet, as the devnet prints it; refused in production',
  }),
  EVM_CHAINS: evmChains.optional().meta({
    expected:
      '1 to 55 chains, each with its id, RPC address and, if there is one, WebSocket address: ' +
      '"8453=https://rpc.example|wss://ws.example,1=https://…" or [{"id":8453,"rpc":"https://…","ws":"wss://…"}]',
    ...SECRET,
  }),
  R3MES_RPC_URL: url('http', 'https')
    .optional()
    .meta({ expected: `${URL_OF_HTTP} of a CometBFT node's RPC` }),
  R3MES_CHAIN_ID: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,49}$/)
    .default('r3mes-testnet-1')
    .meta({
      expected: "the id of the chain that R3MES_RPC_URL's node is of, at most 50 characters. Default r3mes-testnet-1",
    }),
  R3MES_API_URL: url('http', 'https')
    .optional()
    .meta({ expected: `${URL_OF_HTTP} of a remesd node's REST API` }),

  ADMIN_API_KEY: text(16)
    .optional()
    .meta({ expected: 'at least 16 characters', ...SECRET }),
  JWT_SECRET: text(32)
    .optional()
    .meta({ expected: 'at least 32 characters', ...SECRET }),
  AUTH_DOMAIN: z
    .string()
    .regex(/^[a-z0-9.-]+(:\d{1,5})?$/i)
    .optional()
    .meta({
      expected:
        'the host, with its port if it has one, of the page on which people sign in, as their browser shows it. ' +
        'Default localhost:PORT; in production it must be set',
    }),

  CORS_ORIGINS: corsOrigins.optional().meta({
    expected:
      'the origins, like "https://app.example", whose pages may call the API, separated by commas, or * for all. ' +
      'Default: only the page that the API serves',
  }),

  CACHE_L1_MAX_BYTES: bytes(1024, 64 * 1024 ** 3)
    .default(64 * 1024 ** 2)
    .meta({ expected: 'a size from 1kb to 64gb, like "64mb". Default 64mb' }),
  CACHE_KEY_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,32}:$/)
    .optional()
    .meta({ expected: 'letters, digits, ".", "_" or "-", ending with ":", put in front of all keys in Redis' }),
  CACHE_ENCRYPTION_KEYS: encryptionKeys.optional().meta({
    expected:
      'AES-256 keys for what is encrypted in Redis, the current one first: "id:base64 of 32 bytes,…". ' +
      'Default: one derived from JWT_SECRET',
    ...SECRET,
  }),
  REQUEST_DEADLINE: duration(100, 60_000)
    .default(8_000)
    .meta({ expected: 'a duration from 100ms to 60s for all upstream calls of one request. Default 8s' }),
  RATE_LIMIT_COLD_LOADS: integer(1, 1_000_000)
    .default(60)
    .meta({ expected: 'cold loads a minute for each client, 1 to 1000000. Default 60' }),
  RATE_LIMIT_BURST: integer(1, 1_000_000)
    .default(30)
    .meta({ expected: 'cold loads at once for each client, 1 to 1000000. Default 30' }),
  INVALIDATION_COOLDOWN: duration(0, 600_000)
    .default(5_000)
    .meta({ expected: "a duration from 0s to 10m in which one wallet's open invalidations become one. Default 5s" }),

  METRICS_PORT: integer(0, 65_535).optional().meta({
    expected: 'a port of its own for /metrics, from 0 (any free one) to 65535. Default: that of the API',
  }),
  METRICS_TOKEN: text(16)
    .optional()
    .meta({
      expected: 'at least 16 characters, which a scraper must send as a bearer token. Default: open',
      ...SECRET,
    }),
  ALERT_WEBHOOK_URL: url('http', 'https')
    .optional()
    .meta({ expected: `${URL_OF_HTTP} to which alerts are posted. Default: none`, ...SECRET }),
  ALERT_WEBHOOK_SECRET: text(16)
    .optional()
    .meta({ expected: 'at least 16 characters, with which what is posted to ALERT_WEBHOOK_URL is signed', ...SECRET }),
  CONSISTENCY_SAMPLE: share
    .default(0.001)
    .meta({ expected: 'the part of all hits that is compared with its source, from 0 to 1. Default 0.001' }),
  CACHE_SHADOW: entryNames.default([]).meta({
    expected: `entries that are answered from their source while the cache is compared, out of: ${ENTRY_NAMES_EXPECTED}`,
  }),
  OTEL_EXPORTER_OTLP_ENDPOINT: url('http', 'https')
    .optional()
    .meta({ expected: `${URL_OF_HTTP} of an OpenTelemetry collector (OTLP over HTTP). Default: no tracing` }),

  UPSTREAM_CALLS_PER_MINUTE: integer(1, 1_000_000)
    .default(600)
    .meta({ expected: 'calls a minute that Insight takes from all instances together, 1 to 1000000. Default 600' }),
  WARM_CALLS_PER_MINUTE: integer(0, 1_000_000).default(60).meta({
    expected:
      'calls a minute that keeping active wallets warm may take of these, 0 to 1000000; users come first. Default 60',
  }),
  WARM_LEASE: duration(300, 600_000).default(10_000).meta({
    expected: 'a duration from 300ms to 10m after which another instance warms for a silent one. Default 10s',
  }),
  WARM_START_BOUND: duration(0, 60_000)
    .default(5_000)
    .meta({ expected: 'a duration from 0s to 60s that health/startup waits for warming at most. Default 5s' }),
  SHUTDOWN_DELAY: duration(0, 15_000)
    .optional()
    .meta({
      expected:
        'a duration from 0s to 15s between being told to stop and closing the port, in which health/ready is 503 and ' +
        'requests are still answered. Default 0s, in production 5s',
    }),
} as const satisfies Record<string, z.ZodType>;

export type VariableName = keyof typeof VARIABLES;

/** The checked and converted values. */
export type Variables = { readonly [Name in VariableName]: z.output<(typeof VARIABLES)[Name]> };

/** Variables that a production start cannot do without: elsewhere local parts stand in for them. */
export const REQUIRED_IN_PRODUCTION = [
  'DATABASE_URL',
  'EVM_CHAINS',
  'R3MES_RPC_URL',
  'R3MES_API_URL',
  'JWT_SECRET',
  'AUTH_DOMAIN',
] as const satisfies readonly VariableName[];

/** A variable that begins like this is ours: one that is not known is a mistake. */
export const OWN_PREFIXES = [
  'REDIS_',
  'DATABASE_',
  'THIRDWEB_',
  'NEXT_PUBLIC_THIRDWEB_',
  'INSIGHT_',
  'BRIDGE_',
  'DEVNET_',
  'CORS_',
  'EVM_',
  'R3MES_',
  'ADMIN_API_',
  'JWT_',
  'AUTH_DOMAIN',
  'CACHE_',
  'REQUEST_DEADLINE',
  'RATE_LIMIT_',
  'INVALIDATION_',
  'UPSTREAM_',
  'WARM_',
  'SHUTDOWN_',
  'TRUST_',
  'LOG_LEVEL',
  'METRICS_',
  'ALERT_',
  'CONSISTENCY_',
] as const;
