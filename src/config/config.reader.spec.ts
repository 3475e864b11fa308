import { ConfigError } from './config.error.js';
import { readConfig } from './config.reader.js';

const UPSTREAM = { EVM_CHAINS: '8453=https://rpc.example|wss://ws.example', THIRDWEB_CLIENT_ID: 'us' };
const PRODUCTION = {
  ...UPSTREAM,
  NODE_ENV: 'production',
  DATABASE_URL: 'postgresql://u:p@db/x',
  R3MES_RPC_URL: 'http://node:26657',
  R3MES_API_URL: 'http://node:1317',
  JWT_SECRET: 'j'.repeat(32),
  AUTH_DOMAIN: 'app.example',
};

/** The lines that a start with these variables ends with. */
function problems(environment: Readonly<Record<string, string>>): string[] {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
  return [];
}

describe('the configuration', () => {
  it('needs nothing', () => {
    expect(readConfig({})).toMatchObject({
      production: false,
      host: '127.0.0.1',
      port: 3000,
      trustProxy: false,
      redis: undefined,
      insight: undefined,
      evmChains: undefined,
      requestDeadlineMs: 8_000,
    });
  });

  it('takes an empty variable for an absent one', () => {
    expect(readConfig({ PORT: '', REDIS_URL: '' })).toMatchObject({ port: 3000, redis: undefined });
  });

  it('knows its variables only', () => {
    expect(problems({ HOME: '/root', EDITOR: 'vi', npm_config_cache: 'x' })).toEqual([]);
  });

  it.each([
    ['PORT', '0x10'],
    ['PORT', '-1'],
    ['PORT', '65536'],
    ['NODE_ENV', 'prod'],
    ['TRUST_PROXY', 'true'],
    ['TRUST_PROXY', '10.0.0.0/33'],
    ['TRUST_PROXY', '11'],
    ['REQUEST_DEADLINE', '5'],
    ['REQUEST_DEADLINE', '2h'],
    ['CACHE_L1_MAX_BYTES', '64 MB'],
    ['CACHE_KEY_PREFIX', 'no colon'],
    ['CACHE_TTL_TOKEN_BALANCES', '5'],
    ['RATE_LIMIT_COLD_LOADS', '0'],
    ['R3MES_RPC_URL', 'node:26657'],
    ['INSIGHT_URL', 'ftp://x'],
  ])('refuses %s=%s, tells the value and what it should be', (name, value) => {
    const own = problems({ [name]: value, ...(name === 'INSIGHT_URL' ? UPSTREAM : {}) });
    expect(own).toEqual([expect.stringMatching(new RegExp(`^${name} is "${escape(value)}": it should be \\S+`))]);
  });

  it.each([
    ['REDIS_URL', 'http://:secret@x'],
    ['DATABASE_URL', 'secret'],
    ['JWT_SECRET', 'secret'],
    ['ADMIN_API_KEY', 'secret'],
    ['EVM_CHAINS', '8453=ftp://rpc/secret'],
    ['CACHE_ENCRYPTION_KEYS', 'a:secret'],
  ])('refuses a wrong %s without showing it', (name, value) => {
    const own = problems({ THIRDWEB_CLIENT_ID: 'us', EVM_CHAINS: UPSTREAM.EVM_CHAINS, [name]: value });
    expect(own).toHaveLength(1);
    expect(own[0]).toMatch(new RegExp(`^${name} .*its value is not shown.*it should be `));
    expect(own[0]).not.toContain('secret"');
    expect(own[0]).not.toContain(value);
  });

  it.each([
    ['REDIS_ULR', 'did you mean REDIS_URL?'],
    ['EVM_CHAIN', 'did you mean EVM_CHAINS?'],
    ['R3MES_RPC', 'did you mean R3MES_RPC_URL?'],
    ['THIRDWEB_SECRET', 'did you mean THIRDWEB_SECRET_KEY?'],
    ['CACHE_TTL_TOKENS_BALANCE', 'did you mean CACHE_TTL_TOKEN_BALANCES?'],
    ['REDIS_HOST', 'remove it'],
  ])('names %s, which nobody reads: %s', (name, hint) => {
    expect(problems({ [name]: 'x' })).toEqual([expect.stringContaining(hint)]);
  });

  it('lets pass what Kubernetes sets for services of any name, and parts of addresses', () => {
    const injected = {
      REDIS_SERVICE_HOST: '10.0.0.1',
      REDIS_SERVICE_PORT: '6379',
      REDIS_PORT: 'tcp://10.0.0.1:6379',
      REDIS_PORT_6379_TCP_ADDR: '10.0.0.1',
      DATABASE_PASSWORD: 'x',
    };
    expect(problems(injected)).toEqual([]);
  });

  it('reads chains in both forms', () => {
    const chains = [
      { id: 8453, rpcUrl: 'https://rpc.example', wsUrl: 'wss://ws.example' },
      { id: 1, rpcUrl: 'https://eth.example', wsUrl: undefined },
    ];
    const json = JSON.stringify(chains.map(({ id, rpcUrl, wsUrl }) => ({ id, rpc: rpcUrl, ws: wsUrl })));
    for (const EVM_CHAINS of [json, '8453=https://rpc.example|wss://ws.example, 1=https://eth.example']) {
      expect(readConfig({ ...UPSTREAM, EVM_CHAINS }).evmChains).toEqual(chains);
    }
  });

  it.each(['', '[]', '[{"id":1}]', '{', '1=x', 'x=https://a', '1=https://a,1=https://b', '1=https://a|https://b'])(
    'refuses the chains %j',
    (EVM_CHAINS) => {
      expect(problems({ ...UPSTREAM, EVM_CHAINS })).toEqual([expect.stringMatching(/^EVM_CHAINS /)]);
    },
  );

  it('takes either name of the client id', () => {
    const { THIRDWEB_CLIENT_ID: id, EVM_CHAINS } = UPSTREAM;
    expect(readConfig({ NEXT_PUBLIC_THIRDWEB_CLIENT_ID: id, EVM_CHAINS }).insight).toEqual({
      url: 'https://insight.thirdweb.com',
      clientId: id,
      secretKey: undefined,
    });
  });

  it('names the rest of an upstream that is configured in part', () => {
    expect(problems({ THIRDWEB_CLIENT_ID: 'us' })).toEqual([expect.stringMatching(/^EVM_CHAINS is missing/)]);
    expect(problems({ EVM_CHAINS: UPSTREAM.EVM_CHAINS })).toEqual([
      expect.stringMatching(/^THIRDWEB_CLIENT_ID is missing.*or THIRDWEB_SECRET_KEY/),
    ]);
  });

  it.each(Object.keys(PRODUCTION).filter((name) => name !== 'NODE_ENV'))(
    'does not start in production without %s',
    (name) => {
      expect(problems(PRODUCTION)).toEqual([]);
      expect(problems({ ...PRODUCTION, [name]: '' })).toEqual([
        expect.stringMatching(new RegExp(`^${name} is missing`)),
      ]);
    },
  );

  it('overrides the life of an entry by its name', () => {
    expect(readConfig({ CACHE_TTL_MINER_STATS: '90s' }).freshMsByEntry).toEqual({ 'miner stats': 90_000 });
  });

  it('lets what API keys may do be looked up anew within the hour, and names the limit', () => {
    expect(readConfig({ CACHE_TTL_API_KEY: '1h' }).freshMsByEntry).toEqual({ 'API key': 3_600_000 });
    for (const tooLong of ['61m', '2h', '1d']) {
      expect(problems({ CACHE_TTL_API_KEY: tooLong })).toEqual([
        `CACHE_TTL_API_KEY is "${tooLong}": it should be a duration from 1s to 1h, like "30m"`,
      ]);
    }
    expect(problems({ CACHE_TTL_MINER_STATS: '2h' })).toEqual([]);
  });

  it('derives one encryption key for all instances that share a secret', () => {
    const keyOf = (secret: string): unknown => readConfig({ JWT_SECRET: secret }).cacheEncryptionKeys[0]?.key;
    expect(keyOf('a'.repeat(32))).toEqual(keyOf('a'.repeat(32)));
    expect(keyOf('a'.repeat(32))).not.toEqual(keyOf('b'.repeat(32)));
  });

  it('takes encryption keys in their order', () => {
    const key = Buffer.alloc(32, 7).toString('base64');
    const { cacheEncryptionKeys } = readConfig({ CACHE_ENCRYPTION_KEYS: `new:${key},old:${key}` });
    expect(cacheEncryptionKeys.map(({ id }) => id)).toEqual(['new', 'old']);
  });
});

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
