import pg from 'pg';
import { databaseForSpec } from './database-for-spec.js';
import { freshWallet, type TestApi, startR3mesApi } from './r3mes-api.js';

const REPORT = {
  hashrate: 120.5,
  gpu_temperature: 61.25,
  blocks_found: 3,
  uptime_percentage: 99.9,
  network_difficulty: 1_250_000,
};
const DAY_MS = 86_400_000;

describe('/api/miners', () => {
  let api: TestApi;
  let psql: pg.Client;

  beforeAll(async () => {
    api = await startR3mesApi();
    psql = new pg.Client(await databaseForSpec());
    await psql.connect();
  }, 60_000);

  afterAll(async () => {
    await psql?.end();
    await api?.close();
  });

  const register = async (): Promise<string> => {
    const wallet = freshWallet();
    await api.send('post', '/api/miners', { walletAddress: wallet }).expect(201);
    return wallet;
  };
  const report = (wallet: string, changes: object = {}) =>
    api.send('post', `/api/miners/${wallet}/stats`, { ...REPORT, ...changes });
  const read = async (wallet: string, what: string): Promise<Record<string, unknown>> =>
    (await api.get(`/api/miners/${wallet}/${what}`).expect(200)).body as Record<string, unknown>;
  /** Reports are applied behind the answer: asks until the answer is the expected one, a second at most. */
  const eventually = async (wallet: string, what: string, expected: object): Promise<void> => {
    const deadline = performance.now() + 1_000;
    for (;;) {
      const answer = await read(wallet, what);
      try {
        expect(answer).toMatchObject(expected);
        return;
      } catch (error) {
        if (performance.now() > deadline) throw error;
      }
    }
  };

  /** Nothing of what was committed so far will be invalidated any more. */
  const outboxApplied = async (): Promise<void> => {
    const pending = 'SELECT 1 FROM chaincache.cache_outbox WHERE applied_at IS NULL LIMIT 1';
    while ((await psql.query(pending)).rowCount !== 0) await new Promise(setImmediate);
  };

  it('registers a wallet once, as a user too, though its absence had been cached', async () => {
    const wallet = freshWallet();
    await api.get(`/api/miners/${wallet}/stats`).expect(404);
    await api.get(`/api/users/${wallet}`).expect(404);
    const answer = await api.send('post', '/api/miners', { walletAddress: wallet }).expect(201);
    expect(answer.body).toEqual({ wallet_address: wallet, is_miner: true });
    expect(answer.headers.location).toBe(`/api/miners/${wallet}/stats`);
    await api.send('post', '/api/miners', { walletAddress: wallet }).expect(200);
    expect((await api.get(`/api/users/${wallet}`).expect(200)).body).toMatchObject({ is_miner: true, credits: '0' });
    expect(await read(wallet, 'stats')).toEqual({
      wallet_address: wallet,
      total_earnings: '0',
      hashrate: 0,
      gpu_temperature: 0,
      blocks_found: 0,
      uptime_percentage: 0,
      network_difficulty: 0,
    });
    expect(await read(wallet, 'earnings')).toEqual({ earnings: [] });
    expect(await read(wallet, 'hashrate')).toEqual({ hashrate: [] });
  });

  it('makes a miner of a user without touching the credits', async () => {
    const wallet = freshWallet();
    await api.send('post', '/api/users', { walletAddress: wallet }).expect(201);
    await psql.query('UPDATE chaincache.users SET credits = 9 WHERE wallet_address = $1', [wallet]);
    await api.get(`/api/miners/${wallet}/stats`).expect(404);
    await api.send('post', '/api/miners', { walletAddress: wallet }).expect(201);
    await api.get(`/api/miners/${wallet}/stats`).expect(200);
    expect((await api.get(`/api/users/${wallet}`).expect(200)).body).toMatchObject({ is_miner: true, credits: '9' });
  });

  it('shows what was reported last and all that was earned, in every answer about the miner', async () => {
    const wallet = await register();
    for (const what of ['stats', 'earnings', 'hashrate']) await read(wallet, what);
    await report(wallet, { hashrate: 100, earnings: '0.10000001' }).expect(201);
    await report(wallet, { earnings: '12.5' }).expect(201);
    await eventually(wallet, 'stats', { wallet_address: wallet, ...REPORT, total_earnings: '12.60000001' });
    await eventually(wallet, 'earnings', { earnings: [{ earnings: '12.60000001' }] });
    await eventually(wallet, 'hashrate', { hashrate: [{ hashrate: 110.25 }] });
    const user = (await api.get(`/api/users/${wallet}`).expect(200)).body as { last_mining_time: string };
    expect(Date.now() - Date.parse(user.last_mining_time)).toBeLessThan(60_000);
  });

  it('cuts days out of one cached history, in UTC', async () => {
    const wallet = await register();
    await psql.query(
      `INSERT INTO chaincache.earnings_history (wallet_address, earnings, recorded_at)
       SELECT $1, 1 + day / 1000.0, now() - day * interval '1 day' FROM generate_series(0, 400) AS day`,
      [wallet],
    );
    await outboxApplied();
    await read(wallet, 'earnings');
    const lengths = [];
    for (const days of [1, 7, 30, 365]) {
      const answer = await api.get(`/api/miners/${wallet}/earnings?days=${days}`).expect(200);
      expect(answer.headers['x-cache']).toBe('L1');
      lengths.push((answer.body.earnings as unknown[]).length);
    }
    expect(lengths).toEqual([1, 7, 30, 365]);
    const { earnings } = (await read(wallet, 'earnings')) as { earnings: { date: string; iso_date: string }[] };
    expect(earnings).toHaveLength(7);
    const oldest = new Date(Date.now() - 6 * DAY_MS);
    const label = `${oldest.toLocaleString('en', { month: 'short', timeZone: 'UTC' })} ${oldest.toISOString().slice(8, 10)}`;
    expect(earnings[0]).toMatchObject({ date: label, iso_date: oldest.toISOString().slice(0, 10), earnings: '1.006' });
  });

  it.each(['0', '366', '-1', '1.5', 'week', '', '07', '1&days=2'])('refuses days=%s', async (days) => {
    const wallet = freshWallet();
    for (const what of ['earnings', 'hashrate']) {
      const { body } = await api.get(`/api/miners/${wallet}/${what}?days=${days}`).expect(400);
      expect(body.errors[0]).toEqual({ field: 'days', message: expect.stringContaining('1 to 365') as string });
    }
  });

  it.each([
    { hashrate: -1 },
    { hashrate: '12' },
    { hashrate: 1e12 },
    { gpu_temperature: 201 },
    { blocks_found: 1.5 },
    { blocks_found: -1 },
    { uptime_percentage: 100.1 },
    { network_difficulty: null },
    { earnings: 1.5 },
    { earnings: '-1' },
    { earnings: '0.123456789' },
    { earnings: 'NaN' },
    { moniker: 'x' },
  ])('refuses a report with %j, and names the field', async (changes) => {
    const wallet = await register();
    const { body } = await report(wallet, changes).expect(400);
    expect(body.detail).toContain(Object.keys(changes)[0]);
    expect(await read(wallet, 'stats')).toMatchObject({ hashrate: 0, total_earnings: '0' });
  });

  it('takes no report of a wallet that is no miner', async () => {
    const wallet = freshWallet();
    await report(wallet).expect(404);
    await api.send('post', '/api/users', { walletAddress: wallet }).expect(201);
    await report(wallet).expect(404);
  });

  it('takes nothing without a key that may', async () => {
    await api.send('post', '/api/miners', { walletAddress: freshWallet() }, {}).expect(401);
    await api.send('post', `/api/miners/${freshWallet()}/stats`, REPORT, {}).expect(401);
  });

  it('refuses a wallet with one letter changed', async () => {
    const wallet = freshWallet();
    const spoilt = `${wallet.slice(0, -1)}${wallet.endsWith('q') ? 'p' : 'q'}`;
    for (const what of ['stats', 'earnings', 'hashrate']) await api.get(`/api/miners/${spoilt}/${what}`).expect(400);
    await api.send('post', '/api/miners', { walletAddress: spoilt }).expect(400);
  });
});
