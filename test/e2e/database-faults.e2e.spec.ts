import pg from 'pg';
import { migrate } from '../../src/database/migration.runner.js';
import { startPostgres, type TcpProxy, tcpProxy, type TestPostgres } from '../support/services.js';
import { freshKey, freshWallet, type TestApi, startR3mesApi } from './r3mes-api.js';

describe('when the database', () => {
  let postgres: TestPostgres;
  let proxy: TcpProxy;
  let api: TestApi;

  beforeAll(async () => {
    postgres = await startPostgres({ settings: { max_connections: 30, superuser_reserved_connections: 0 } });
    proxy = await tcpProxy({ target: postgres.url });
    await migrate(postgres.url);
    api = await startR3mesApi({ DATABASE_URL: proxy.url });
  }, 60_000);

  afterAll(async () => {
    await api?.close();
    await proxy?.close();
    await postgres?.stop();
  });

  const register = async (credits: string): Promise<string> => {
    const wallet = freshWallet();
    await api.send('post', '/api/users', { walletAddress: wallet }).expect(201);
    await add(wallet, credits).expect(200);
    return wallet;
  };
  const add = (wallet: string, amount: string, key = freshKey()) =>
    api.send('post', `/api/users/${wallet}/credits/add`, { amount }, key);
  const read = (wallet: string) => api.get(`/api/users/${wallet}/credits`);

  /** What is not cached is refused with a time to come back; what is cached is served; nothing is told of the inside. */
  async function refusesPolitely(cached: string): Promise<void> {
    const [cold, write, hit] = await Promise.all([
      read(freshWallet()),
      api.send('post', '/api/users', { walletAddress: freshWallet() }),
      api.get(`/api/users/${cached}`),
    ]);
    for (const { status, headers, body } of [cold, write]) {
      expect([status, headers['content-type']]).toEqual([503, 'application/problem+json; charset=utf-8']);
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
      expect(JSON.stringify(body)).not.toMatch(/127\.0\.0\.1|ECONN|SELECT|postgres/);
    }
    expect(cold.body.detail).toContain('nothing servable is cached');
    expect(write.body.detail).toContain('Whether anything was changed may be unknown');
    expect(hit.status).toBe(200);
  }

  /** Asks until it answers again, within three seconds. */
  async function recovers(wallet: string, credits: string): Promise<void> {
    const deadline = performance.now() + 3_000;
    for (;;) {
      const { status, body } = await read(wallet);
      if (status === 200) return expect(body.credits).toBe(credits);
      expect(performance.now()).toBeLessThan(deadline);
    }
  }

  it('is gone, reads and writes are refused at once, and it is used again when it is back', async () => {
    const [cached, cold] = [await register('1'), await register('2')];
    await api.get(`/api/users/${cached}`).expect(200);
    await proxy.refuse();
    const startedAt = performance.now();
    await refusesPolitely(cached);
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    await proxy.restore();
    await recovers(cold, '2');
  }, 20_000);

  it('is frozen, nobody waits longer than a request may take, and nothing that was sent is done twice', async () => {
    const [cached, cold] = [await register('1'), await register('2')];
    await api.get(`/api/users/${cached}`).expect(200);
    const key = freshKey();
    postgres.signal('SIGSTOP');
    const startedAt = performance.now();
    const lost = add(cold, '5', key);
    await Promise.all([refusesPolitely(cached), lost.expect(503)]);
    expect(performance.now() - startedAt).toBeLessThan(12_000);
    postgres.signal('SIGCONT');
    await recovers(cold, '2');
    await add(cold, '5', key).expect(200);
    await recovers(cold, '7');
  }, 40_000);

  it('is killed and restarted, every connection is made anew', async () => {
    const wallet = await register('3');
    postgres.signal('SIGKILL');
    await postgres.restart();
    await recovers(wallet, '3');
    await add(wallet, '1').expect(200);
    await recovers(wallet, '4');
  }, 30_000);

  it('takes no further connections, what is refused says when to come back, and invalidations still work', async () => {
    const wallet = await register('4');
    const others: pg.Client[] = [];
    for (;;) {
      const other = new pg.Client(postgres.url);
      other.on('error', () => undefined);
      const taken = await other.connect().then(
        () => true,
        () => false,
      );
      if (!taken) break;
      others.push(other);
    }
    expect(others.length).toBeGreaterThan(0);
    const answers = await Promise.all(Array.from({ length: 40 }, () => read(freshWallet())));
    const statuses = new Set(answers.map(({ status }) => status));
    expect([...statuses].every((status) => status === 404 || status === 503)).toBe(true);
    await others[0]!.query('UPDATE chaincache.users SET credits = 44 WHERE wallet_address = $1', [wallet]);
    await recovers(wallet, '44');
    await Promise.all(others.map((other) => other.end()));
  }, 30_000);
});
