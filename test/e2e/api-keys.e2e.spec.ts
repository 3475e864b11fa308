import pg from 'pg';
import { createDatabase, redisCommand, sharedDatabaseUrl, type TestRedis } from '../support/services.js';
import { type ApiKeysFleet, type MadeKey, makeKey, sha256, startApiKeysFleet, statusOf } from './api-keys.fleet.js';
import { evmSigner, r3mesSigner, signIn } from './auth.signers.js';
import { databaseForSpec } from './database-for-spec.js';
import { ADMIN, freshWallet, startR3mesApi, type TestApi } from './r3mes-api.js';

describe('/api/api-keys', () => {
  let fleet: ApiKeysFleet;
  let api: TestApi;
  let other: TestApi;
  let psql: pg.Client;
  let redis: TestRedis;

  beforeAll(async () => {
    fleet = await startApiKeysFleet();
    ({ api, other, psql, redis } = fleet);
  }, 60_000);

  afterAll(() => fleet?.close());

  const make = (wanted: Readonly<Record<string, unknown>> = {}): Promise<MadeKey> => makeKey(api, wanted);
  const revoke = (id: string, instance = api) => instance.send('post', `/api/api-keys/${id}/revoke`, {});
  const onBoth = async (key: string): Promise<number[]> => [await statusOf(api, key), await statusOf(other, key)];

  describe('creation', () => {
    it('shows the key once, and stores only its SHA-256', async () => {
      const walletAddress = freshWallet();
      const answer = await api.send('post', '/api/api-keys', { walletAddress, name: 'miner', expiresDays: 30 });
      expect(answer.status).toBe(201);
      expect(answer.headers['cache-control']).toBe('no-store');
      const { key, ...view } = answer.body as { key: string; id: string; createdAt: string; expiresAt: string };
      expect(key).toMatch(/^r3mes_[A-Za-z0-9_-]{43}$/);
      expect(view).toMatchObject({ walletAddress, name: 'miner', scopes: [], active: true, lastUsed: null });
      expect(Date.parse(view.expiresAt) - Date.parse(view.createdAt)).toBe(30 * 86_400_000);
      const { body } = await api.get(`/api/api-keys?walletAddress=${walletAddress}`, ADMIN).expect(200);
      expect(body).toEqual({ apiKeys: [view] });
      const { rows } = await psql.query('SELECT * FROM chaincache.api_keys WHERE id = $1', [view.id]);
      expect(rows[0].api_key_hash).toBe(sha256(key));
      expect(JSON.stringify(rows)).not.toContain(key.slice(6));
    });

    it('makes a key that opens what its scopes say, on every instance, and nothing else', async () => {
      const { key } = await make();
      expect(await onBoth(key)).toEqual([200, 200]);
      const answer = await other.send('post', '/api/events', [], { 'x-api-key': key }).expect(403);
      expect(answer.headers['www-authenticate']).toContain('scope="events:write"');
      await api.get('/api/cache/explain?key=x', { authorization: `Bearer ${key}` }).expect(200);
    });

    it('makes a key known that was looked for in vain, on every instance', async () => {
      const key = `r3mes_${'A'.repeat(42)}E`;
      expect(await onBoth(key)).toEqual([401, 401]);
      await psql.query(
        `INSERT INTO chaincache.api_keys (api_key_hash, wallet_address, scopes) VALUES ($1, $2, '{cache:read}')`,
        [sha256(key), freshWallet()],
      );
      while ((await statusOf(api, key)) !== 200 || (await statusOf(other, key)) !== 200)
        await new Promise(setImmediate);
    });

    it('makes a key known that somebody typed into psql, to an instance that is alone', async () => {
      const url = await createDatabase(sharedDatabaseUrl());
      const alone = await startR3mesApi({ DATABASE_URL: url });
      const terminal = new pg.Client(url);
      await terminal.connect();
      try {
        const key = `r3mes_${'C'.repeat(42)}E`;
        expect(await statusOf(alone, key)).toBe(401);
        await terminal.query(
          `INSERT INTO chaincache.api_keys (api_key_hash, wallet_address, scopes) VALUES ($1, $2, '{cache:read}')`,
          [sha256(key), freshWallet()],
        );
        // An unknown key is remembered for 30 s, longer than this test may take.
        while ((await statusOf(alone, key)) !== 200) await new Promise((resolve) => setTimeout(resolve, 20));
      } finally {
        await terminal.end();
        await alone.close();
      }
    });

    it('gives a wallet at most 10 active keys, however many are asked for at once', async () => {
      const walletAddress = freshWallet();
      const asked = Array.from({ length: 15 }, (_none, index) =>
        [api, other][index % 2]!.send('post', '/api/api-keys', { walletAddress }),
      );
      const answers = await Promise.all(asked);
      const made = answers.filter(({ status }) => status === 201);
      expect(made).toHaveLength(10);
      for (const { status, body } of answers) if (status !== 201) expect(body).toMatchObject({ status: 409 });
      await revoke(made[0]!.body.id as string).expect(200);
      await api.send('post', '/api/api-keys', { walletAddress }).expect(201);
      await api.send('post', '/api/api-keys', { walletAddress }).expect(409);
      await psql.query(`UPDATE chaincache.api_keys SET expires_at = now() WHERE wallet_address = $1`, [walletAddress]);
      await api.send('post', '/api/api-keys', { walletAddress }).expect(201);
    });

    it('counts the keys that others are about to make', async () => {
      const walletAddress = freshWallet();
      for (let index = 0; index < 9; index += 1) await make({ walletAddress });
      const gate = new pg.Client(await databaseForSpec());
      await gate.connect();
      // Keys can be counted but not made, until everybody has counted who would.
      await gate.query('BEGIN; LOCK TABLE chaincache.api_keys IN SHARE MODE');
      const asked = Promise.all(
        [api, other, api, other].map((instance) => instance.send('post', '/api/api-keys', { walletAddress })),
      );
      const waiting = `SELECT count(*)::int AS waiting FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      while ((await psql.query(waiting)).rows[0].waiting < 4) await new Promise(setImmediate);
      await gate.end();
      const made = (await asked).filter(({ status }) => status === 201);
      expect(made).toHaveLength(1);
    });

    it.each<[string, Record<string, unknown>, string]>([
      ['no wallet', { walletAddress: undefined }, 'walletAddress'],
      ['a wallet that is none', { walletAddress: 'bob' }, 'walletAddress'],
      ['0 days', { expiresDays: 0 }, 'expiresDays'],
      ['366 days', { expiresDays: 366 }, 'expiresDays'],
      ['half a day', { expiresDays: 0.5 }, 'expiresDays'],
      ['an empty name', { name: ' ' }, 'name'],
      ['a name of 65 characters', { name: 'x'.repeat(65) }, 'name'],
      ['a scope that is none', { scopes: ['root'] }, 'scopes.0'],
      ['a field that nobody knows', { expires_days: 1 }, 'body'],
    ])('refuses %s', async (_what, change, field) => {
      const { body } = await api.send('post', '/api/api-keys', { walletAddress: freshWallet(), ...change }).expect(400);
      expect((body.errors as { field: string }[]).map((error) => error.field)).toEqual([field]);
    });
  });

  describe.each([
    ['an EVM wallet', evmSigner],
    ['an R3MES wallet', r3mesSigner],
  ])('the owner of %s, signed in', (_kind, makeSigner) => {
    it('makes, sees and revokes their own keys', async () => {
      const signer = makeSigner();
      const session = await signIn(api, signer);
      const { body } = await api.send('post', '/api/api-keys', { name: 'mine' }, session).expect(201);
      expect(body).toMatchObject({ walletAddress: expect.stringMatching(new RegExp(signer.address, 'i')), scopes: [] });
      const list = await other.get('/api/api-keys', session).expect(200);
      expect(list.body.apiKeys).toMatchObject([{ id: body.id, name: 'mine', active: true }]);
      expect(await statusOf(api, body.key as string)).toBe(403);
      const revoked = await other.send('post', `/api/api-keys/${body.id}/revoke`, {}, session).expect(200);
      expect(revoked.body.active).toBe(false);
      expect(await onBoth(body.key as string)).toEqual([401, 401]);
    });

    it('grants no scopes, and touches nobody else’s keys', async () => {
      const session = await signIn(api, makeSigner());
      await api.send('post', '/api/api-keys', { scopes: ['credits:write'] }, session).expect(403);
      const walletAddress = freshWallet();
      await api.send('post', '/api/api-keys', { walletAddress }, session).expect(403);
      await api.get(`/api/api-keys?walletAddress=${walletAddress}`, session).expect(403);
      const { id, key } = await make({ walletAddress });
      await api.send('post', `/api/api-keys/${id}/revoke`, {}, session).expect(404);
      expect(await statusOf(api, key)).toBe(200);
    });
  });

  it('lets a key of an owner do what the owner may, but make no further keys', async () => {
    const walletAddress = freshWallet();
    await api.send('post', '/api/users', { walletAddress }).expect(201);
    const { key } = await make({ walletAddress, scopes: [] });
    const headers = { 'x-api-key': key };
    await api.send('patch', `/api/users/${walletAddress}`, { display_name: 'Al' }, headers).expect(200);
    await api.send('post', '/api/api-keys', {}, headers).expect(403);
    const idempotent = { ...headers, 'idempotency-key': 'k' };
    await api.send('post', `/api/users/${walletAddress}/credits/add`, { amount: '1' }, idempotent).expect(403);
  });

  it('lets a key with the scope admin grant scopes', async () => {
    const { key } = await make({ scopes: ['admin'] });
    const wanted = { walletAddress: freshWallet(), scopes: ['events:write'] };
    const { body } = await other.send('post', '/api/api-keys', wanted, { 'x-api-key': key }).expect(201);
    expect(body.scopes).toEqual(['events:write']);
  });

  it('keeps a key for at most an hour, unreadable in Redis', async () => {
    const walletAddress = freshWallet();
    const { key } = await make({ walletAddress });
    await statusOf(api, key);
    const name = `api:key:${sha256(key)}`;
    expect(Number(await redisCommand(redis, 'PTTL', name))).toBeLessThanOrEqual(3_600_000);
    expect(String(await redisCommand(redis, 'GET', name))).not.toContain(walletAddress);
  });

  it('asks the database once for a key that is used again and again', async () => {
    const { key } = await make();
    const loads = (): number => {
      const lines = [...api.log, ...other.log];
      return lines.filter((line) => line.includes('"cache.load"') && line.includes('"API key"')).length;
    };
    const before = loads();
    for (let index = 0; index < 10; index += 1) await onBoth(key);
    expect(loads()).toBe(before + 1);
  });

  it('asks nobody again for a key that is unknown', async () => {
    const key = `r3mes_${'B'.repeat(42)}E`;
    const lines = (): number => api.log.filter((line) => line.includes('"API key"')).length;
    const atFirst = lines();
    expect(await statusOf(api, key)).toBe(401);
    const before = lines();
    expect(before).toBeGreaterThan(atFirst);
    for (let index = 0; index < 10; index += 1) expect(await statusOf(api, key)).toBe(401);
    expect(lines()).toBe(before);
  });

  it.each([
    ['nothing', ''],
    ['a prefix', 'r3mes_'],
    ['a key that is too long', `r3mes_${'A'.repeat(44)}`],
    ['a key in capitals', `R3MES_${'A'.repeat(43)}`],
    ['5 kB', 'x'.repeat(5_000)],
  ])('refuses %s instead of a key', async (_what, key) => {
    const { headers, status } = await api.get('/api/cache/explain?key=x', { 'x-api-key': key });
    expect(status).toBe(401);
    expect(headers['content-type']).toContain('application/problem+json');
    expect(headers['www-authenticate']).toMatch(/^Bearer realm="chaincache"/);
  });

  it('notes when a key was last used, which makes nothing invalid', async () => {
    const { id, key } = await make();
    const name = `api:key:${sha256(key)}`;
    await statusOf(api, key);
    const lastUsed = async (): Promise<Date | null> =>
      (await psql.query('SELECT last_used FROM chaincache.api_keys WHERE id = $1', [id])).rows[0]
        .last_used as Date | null;
    while ((await lastUsed()) === null) await new Promise(setImmediate);
    const noted = await lastUsed();
    await onBoth(key);
    expect(await lastUsed()).toEqual(noted);
    expect(await redisCommand(redis, 'EXISTS', name)).toBe(1);
  });

  it('leaves no key, wallet or hash in any log', async () => {
    const walletAddress = freshWallet();
    const { id, key } = await make({ walletAddress });
    await onBoth(key);
    await revoke(id).expect(200);
    await onBoth(key);
    const log = [...api.log, ...other.log].join('\n');
    for (const secret of [key.slice(6), sha256(key), walletAddress]) expect(log).not.toContain(secret);
  });
});
