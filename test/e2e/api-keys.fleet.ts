import { createHash } from 'node:crypto';
import pg from 'pg';
import { startRedis, tcpProxy, type TcpProxy, type TestRedis } from '../support/services.js';
import { databaseForSpec } from './database-for-spec.js';
import { freshWallet, type TestApi, startR3mesApi } from './r3mes-api.js';

/** A key as its maker sees it. */
export interface MadeKey {
  readonly id: string;
  readonly key: string;
}

/** Two instances on one Redis and one database; the way of the second to Redis can be cut. */
export interface ApiKeysFleet {
  readonly api: TestApi;
  readonly other: TestApi;
  readonly redis: TestRedis;
  readonly toRedis: TcpProxy;
  readonly psql: pg.Client;
  close(): Promise<void>;
}

export async function startApiKeysFleet(): Promise<ApiKeysFleet> {
  const redis = await startRedis();
  const toRedis = await tcpProxy({ target: redis.url });
  const environment = {
    JWT_SECRET: 'a-secret-of-more-than-32-characters',
    AUTH_DOMAIN: 'dashboard.r3mes.example',
  };
  const [api, other] = await Promise.all([
    startR3mesApi({ ...environment, LOG_LEVEL: 'debug', REDIS_URL: redis.url }),
    startR3mesApi({ ...environment, LOG_LEVEL: 'debug', REDIS_URL: toRedis.url }),
  ]);
  await Promise.all([usesRedis(api), usesRedis(other)]);
  const psql = new pg.Client(await databaseForSpec());
  await psql.connect();
  return {
    api,
    other,
    redis,
    toRedis,
    psql,
    close: async () => {
      await psql.end();
      await Promise.all([api.close(), other.close()]);
      await toRedis.close();
      await redis.stop();
    },
  };
}

export async function usesRedis(api: TestApi): Promise<void> {
  while (((await api.get('/health/ready')).body as { status: string }).status !== 'ok') {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Makes a key as the admin does; it may read the cache. */
export async function makeKey(api: TestApi, wanted: Readonly<Record<string, unknown>> = {}): Promise<MadeKey> {
  const body = { walletAddress: freshWallet(), scopes: ['cache:read'], ...wanted };
  return (await api.send('post', '/api/api-keys', body).expect(201)).body as MadeKey;
}

/** What a key that may read the cache is answered. */
export async function statusOf(api: TestApi, key: string): Promise<number> {
  return (await api.get('/api/cache/explain?key=network:stats', { 'x-api-key': key })).status;
}

export function sha256(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
