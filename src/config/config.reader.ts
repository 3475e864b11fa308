import { apiKey } from '../catalog/api-key.entry.js';
import { CATALOG_ENTRIES, ttlVariable } from '../catalog/catalog.js';
import type { InsightConfig, MetricsConfig, UnresolvedConfig } from './app.config.js';
import { ConfigError, type ConfigProblem } from './config.error.js';
import { OWN_PREFIXES, REQUIRED_IN_PRODUCTION, VARIABLES, type Variables } from './config.schema.js';
import { derivedKey } from './encryption-keys.parser.js';
import { nearestName, unknownNames } from './spelling.check.js';
import { duration, type VariableInfo } from './variable.types.js';

const DEFAULT_INSIGHT_URL = 'https://insight.thirdweb.com';
/** Longest value that a message repeats. */
const MAX_SHOWN = 80;

const TTL = duration(1_000, 7 * 86_400_000).optional();
const TTL_INFO: VariableInfo = { expected: 'a duration from 1s to 7d, like "300s" or "5m"' };
/** What a key may do is looked up anew within the hour, whatever happened to the invalidation of a revoked one. */
const API_KEY_TTL = duration(1_000, 3_600_000).optional();
const API_KEY_TTL_INFO: VariableInfo = { expected: 'a duration from 1s to 1h, like "30m"' };

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the configuration. The only reader of the environment: an empty variable counts as absent.
 * @throws ConfigError that names every variable that is wrong, unknown or missing, and what it should be.
 */
export function readConfig(environment: Environment = process.env): UnresolvedConfig {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const problems: ConfigProblem[] = [...spellingProblems(given)];
  const values: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(VARIABLES)) {
    const result = schema.safeParse(given[name]);
    if (result.success) values[name] = result.data;
    else problems.push({ variable: name, message: refusal(given[name]!, schema.meta() as unknown as VariableInfo) });
  }
  const freshMsByEntry: Record<string, number> = {};
  for (const entry of CATALOG_ENTRIES) {
    const variable = ttlVariable(entry.name);
    const [ttl, info] = entry.name === apiKey.name ? [API_KEY_TTL, API_KEY_TTL_INFO] : [TTL, TTL_INFO];
    const result = ttl.safeParse(given[variable]);
    if (!result.success) problems.push({ variable, message: refusal(given[variable]!, info) });
    else if (result.data !== undefined) freshMsByEntry[entry.name] = result.data;
  }
  const variables = values as Partial<Variables>;
  if (variables.ALERT_WEBHOOK_URL !== undefined && given['ALERT_WEBHOOK_SECRET'] === undefined) {
    const message = `is missing, because ALERT_WEBHOOK_URL is set: it should be ${expectedOf('ALERT_WEBHOOK_SECRET')}`;
    problems.push({ variable: 'ALERT_WEBHOOK_SECRET', message });
  }
  problems.push(...missing(variables, new Set(problems.map(({ variable }) => variable))));
  if (variables.NODE_ENV === 'production' && variables.DEVNET_WALLET_URL !== undefined) {
    problems.push({ variable: 'DEVNET_WALLET_URL', message: 'is not for production: remove it' });
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return configOf(values as Variables, freshMsByEntry);
}

function spellingProblems(given: Environment): ConfigProblem[] {
  const known = [...Object.keys(VARIABLES), ...CATALOG_ENTRIES.map(({ name }) => ttlVariable(name))];
  return unknownNames(Object.keys(given), known, OWN_PREFIXES).map((variable) => {
    const meant = nearestName(variable, known);
    return {
      variable,
      message: meant ? `is not known: did you mean ${meant}?` : 'is not known: remove it, or see the table in README',
    };
  });
}

function refusal(value: string, { expected, secret }: VariableInfo): string {
  const shown = value.length > MAX_SHOWN ? `${value.slice(0, MAX_SHOWN)}…` : value;
  const was = secret === true ? 'cannot be used (its value is not shown)' : `is ${JSON.stringify(shown)}`;
  return `${was}: it should be ${expected}`;
}

function missing(variables: Partial<Variables>, refused: ReadonlySet<string>): ConfigProblem[] {
  const production = variables.NODE_ENV === 'production';
  const needed: string[] = production ? [...REQUIRED_IN_PRODUCTION] : [];
  const identified =
    variables.THIRDWEB_SECRET_KEY ?? variables.THIRDWEB_CLIENT_ID ?? variables.NEXT_PUBLIC_THIRDWEB_CLIENT_ID;
  const realUpstream = production || (identified ?? variables.EVM_CHAINS ?? variables.INSIGHT_URL) !== undefined;
  if (realUpstream && !needed.includes('EVM_CHAINS')) needed.push('EVM_CHAINS');
  const because = production ? 'with NODE_ENV=production' : 'because a part of the EVM upstream is configured';
  const absent = needed
    .filter((name) => variables[name as keyof Variables] === undefined && !refused.has(name))
    .map((name) => ({ variable: name, message: `is missing, ${because}: it should be ${expectedOf(name)}` }));
  if (!realUpstream || identified !== undefined) return absent;
  const message = `is missing, ${because}: set it or THIRDWEB_SECRET_KEY; it should be ${expectedOf('THIRDWEB_CLIENT_ID')}`;
  return [...absent, { variable: 'THIRDWEB_CLIENT_ID', message }];
}

function expectedOf(name: string): string {
  return (VARIABLES[name as keyof Variables].meta() as unknown as VariableInfo).expected;
}

function configOf(variables: Variables, freshMsByEntry: Readonly<Record<string, number>>): UnresolvedConfig {
  const production = variables.NODE_ENV === 'production';
  return Object.freeze({
    production,
    host: variables.HOST ?? (production ? '0.0.0.0' : '127.0.0.1'),
    port: variables.PORT,
    trustProxy: variables.TRUST_PROXY,
    logLevel: variables.LOG_LEVEL,
    dataDir: variables.DATA_DIR,
    redis: variables.REDIS_URL,
    databaseUrl: variables.DATABASE_URL,
    insight: insightOf(variables),
    bridgeUrl: variables.BRIDGE_URL,
    devnetWalletUrl: variables.DEVNET_WALLET_URL,
    corsOrigins: variables.CORS_ORIGINS,
    evmChains: variables.EVM_CHAINS,
    r3mesRpcUrl: variables.R3MES_RPC_URL,
    r3mesChainId: variables.R3MES_CHAIN_ID,
    r3mesApiUrl: variables.R3MES_API_URL,
    adminApiKey: variables.ADMIN_API_KEY,
    jwtSecret: variables.JWT_SECRET,
    authDomain: variables.AUTH_DOMAIN ?? `localhost:${variables.PORT}`,
    cacheKeyPrefix: variables.CACHE_KEY_PREFIX,
    cacheEncryptionKeys: variables.CACHE_ENCRYPTION_KEYS ?? [derivedKey(variables.JWT_SECRET)],
    l1MaxBytes: variables.CACHE_L1_MAX_BYTES,
    freshMsByEntry,
    requestDeadlineMs: variables.REQUEST_DEADLINE,
    coldLoads: { perMinute: variables.RATE_LIMIT_COLD_LOADS, burst: variables.RATE_LIMIT_BURST },
    invalidationCooldownMs: variables.INVALIDATION_COOLDOWN,
    warming: {
      leaseMs: variables.WARM_LEASE,
      startBoundMs: variables.WARM_START_BOUND,
      callsPerMinute: variables.UPSTREAM_CALLS_PER_MINUTE,
      warmCallsPerMinute: variables.WARM_CALLS_PER_MINUTE,
    },
    shutdownDelayMs: variables.SHUTDOWN_DELAY ?? (production ? 5_000 : 0),
    metrics: metricsOf(variables),
    tracingUrl: variables.OTEL_EXPORTER_OTLP_ENDPOINT,
  });
}

function metricsOf(variables: Variables): MetricsConfig {
  const { ALERT_WEBHOOK_URL: webhookUrl, ALERT_WEBHOOK_SECRET: secret } = variables;
  return {
    port: variables.METRICS_PORT,
    token: variables.METRICS_TOKEN,
    webhook: webhookUrl === undefined || secret === undefined ? undefined : { url: webhookUrl, secret },
    consistencySample: variables.CONSISTENCY_SAMPLE,
    shadow: variables.CACHE_SHADOW,
  };
}

function insightOf(variables: Variables): InsightConfig | undefined {
  if (variables.EVM_CHAINS === undefined) return undefined;
  return {
    url: variables.INSIGHT_URL ?? DEFAULT_INSIGHT_URL,
    clientId: variables.THIRDWEB_CLIENT_ID ?? variables.NEXT_PUBLIC_THIRDWEB_CLIENT_ID,
    secretKey: variables.THIRDWEB_SECRET_KEY,
  };
}
