import pg from 'pg';
import { redisCommand, type TcpProxy, type TestRedis } from '../support/services.js';
import {
  type ApiKeysFleet,
  type MadeKey,
  makeKey,
  sha256,
  startApiKeysFleet,
  statusOf,
  usesRedis,
} from './api-keys.fleet.js';
import { databaseForSpec } from './database-for-spec.js';
import type { TestApi } from './r3mes-api.js';

describe('an API key, when it is no longer good or nobody can say', () => {
  let fleet: ApiKeysFleet;
  let api: TestApi;
  let other: TestApi;
  let psql: pg.Client;
  let redis: TestRedis;
  let toRedis: TcpProxy;

  beforeAll(async () => {
    fleet = await startApiKeysFleet();
    ({ api, other, psql, redis, toRedis } = fleet);
  }, 60_000);

  afterAll(() => fleet?.close());

  const make = (): Promise<MadeKey> => makeKey(api);
  const revoke = (id: string) => api.send('post', `/api/api-keys/${id}/revoke`, {});
  const onBoth = async (key: string): Promise<number[]> => [await statusOf(api, key), await statusOf(other, key)];

  describe('a revoked key', () => {
    it('is refused by every instance as soon as the revocation is answered', async () => {
      const { id, key } = await make();
      expect(await onBoth(key)).toEqual([200, 200]);
      await revoke(id).expect(200);
      expect(await onBoth(key)).toEqual([401, 401]);
      await revoke(id).expect(200);
    });

    it('is refused by an instance that hears nothing on the bus', async () => {
      const { id, key } = await make();
      expect(await statusOf(other, key)).toBe(200);
      await redisCommand(redis, 'CLIENT', 'KILL', 'TYPE', 'PUBSUB');
      await revoke(id).expect(200);
      expect(await statusOf(other, key)).toBe(401);
    });

    it.each<[string, () => Promise<void> | void, () => Promise<void> | void]>([
      ['cut off from Redis', () => toRedis.refuse(), () => toRedis.restore()],
      ['whose Redis is silent', () => toRedis.blackhole(true), () => toRedis.blackhole(false)],
    ])('is refused by an instance %s', async (_what, cut, mend) => {
      const [first, second] = [await make(), await make()];
      expect(await statusOf(other, first.key)).toBe(200);
      await cut();
      try {
        await revoke(first.id).expect(200);
        expect(await statusOf(other, first.key)).toBe(401);
        expect(await statusOf(other, second.key)).toBe(200);
      } finally {
        toRedis.cut();
        await mend();
      }
      await usesRedis(other);
      expect(await statusOf(other, first.key)).toBe(401);
    });

    it('is refused everywhere by way of the database, when the revoking instance has lost Redis', async () => {
      const { id, key } = await make();
      expect(await onBoth(key)).toEqual([200, 200]);
      await toRedis.refuse();
      try {
        await other.send('post', `/api/api-keys/${id}/revoke`, {}).expect(200);
        expect(await statusOf(other, key)).toBe(401);
        while ((await statusOf(api, key)) !== 401) await new Promise(setImmediate);
      } finally {
        await toRedis.restore();
      }
      await usesRedis(other);
      expect(await onBoth(key)).toEqual([401, 401]);
    });

    it('is refused when it was revoked in psql', async () => {
      const { id, key } = await make();
      expect(await onBoth(key)).toEqual([200, 200]);
      await psql.query('UPDATE chaincache.api_keys SET is_active = false WHERE id = $1', [id]);
      while ((await statusOf(api, key)) !== 401 || (await statusOf(other, key)) !== 401)
        await new Promise(setImmediate);
    });
  });

  it('refuses a key that has expired, although it is cached', async () => {
    const { id, key } = await make();
    expect(await statusOf(api, key)).toBe(200);
    // Past the triggers: what is cached is not told, as when time passes.
    await psql.query(`SET session_replication_role = replica`);
    await psql.query(`UPDATE chaincache.api_keys SET expires_at = now() + interval '1 second' WHERE id = $1`, [id]);
    await psql.query(`SET session_replication_role = DEFAULT`);
    await redisCommand(redis, 'DEL', `api:key:${sha256(key)}`);
    expect(await statusOf(api, key)).toBe(200);
    const cached = Number(await redisCommand(redis, 'PTTL', `api:key:${sha256(key)}`));
    expect(cached).toBeGreaterThan(60_000);
    while ((await statusOf(api, key)) === 200) await new Promise(setImmediate);
    expect(await statusOf(api, key)).toBe(401);
  });

  it('lets nobody in when the database cannot say, and who is cached all the same', async () => {
    const [cached, uncached] = [await make(), await make()];
    expect(await statusOf(api, cached.key)).toBe(200);
    const lock = new pg.Client(await databaseForSpec());
    await lock.connect();
    await lock.query('BEGIN; LOCK TABLE chaincache.api_keys');
    try {
      const [known, unknown] = await Promise.all([statusOf(api, cached.key), statusOf(api, uncached.key)]);
      expect([known, unknown]).toEqual([200, 503]);
    } finally {
      await lock.end();
    }
    expect(await statusOf(api, uncached.key)).toBe(200);
  }, 20_000);
});
