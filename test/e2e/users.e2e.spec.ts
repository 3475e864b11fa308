import pg from 'pg';
import type { Response } from 'supertest';
import { databaseForSpec } from './database-for-spec.js';
import { ADMIN, freshKey, freshWallet, type TestApi, startR3mesApi } from './r3mes-api.js';

describe('/api/users', () => {
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

  const register = async (credits = 0): Promise<string> => {
    const wallet = freshWallet();
    await api.send('post', '/api/users', { walletAddress: wallet }).expect(201);
    if (credits > 0) await change('add', wallet, String(credits)).expect(200);
    return wallet;
  };
  const change = (
    operation: 'add' | 'deduct',
    wallet: string,
    amount: unknown,
    headers: Readonly<Record<string, string>> = freshKey(),
  ) => api.send('post', `/api/users/${wallet}/credits/${operation}`, { amount }, headers);
  const creditsOf = async (wallet: string): Promise<string> =>
    (await api.get(`/api/users/${wallet}/credits`).expect(200)).body.credits as string;
  /** What the database says, asked by nobody who caches. */
  const storedCredits = async (wallet: string): Promise<string> => {
    const { rows } = await psql.query('SELECT credits FROM chaincache.users WHERE wallet_address = $1', [wallet]);
    return rows[0].credits as string;
  };

  describe('registration', () => {
    it('makes a user who is there at once, though their absence had been cached', async () => {
      const wallet = freshWallet();
      await api.get(`/api/users/${wallet}`).expect(404);
      await api.get(`/api/users/${wallet}/credits`).expect(404);
      const answer = await api.send('post', '/api/users', { walletAddress: wallet }).expect(201);
      expect(answer.headers.location).toBe(`/api/users/${wallet}`);
      const user = {
        wallet_address: wallet,
        display_name: null,
        credits: '0',
        is_miner: false,
        last_mining_time: null,
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
      };
      expect(answer.body).toEqual(user);
      expect((await api.get(`/api/users/${wallet}`).expect(200)).body).toEqual(user);
      expect(await creditsOf(wallet)).toBe('0');
    });

    it('remembers briefly that there is no such user', async () => {
      const wallet = freshWallet();
      const { body, headers } = await api.get(`/api/users/${wallet}`).expect(404);
      expect(headers['content-type']).toContain('application/problem+json');
      expect(body).toMatchObject({ status: 404, detail: expect.stringContaining('no user') as string });
      const explained = await api.get(`/api/cache/explain?key=user:info:${wallet}`, ADMIN).expect(200);
      expect(JSON.stringify(explained.body)).toContain('user:info:');
    });

    it('changes nothing when it is repeated, also at the same moment', async () => {
      const wallet = freshWallet();
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => api.send('post', '/api/users', { walletAddress: wallet })),
      );
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(7);
    });

    it('is for keys that may', async () => {
      await api.send('post', '/api/users', { walletAddress: freshWallet() }, {}).expect(401);
      await api.send('post', `/api/users/${freshWallet()}/credits/add`, { amount: '1' }, {}).expect(401);
      await api.send('patch', `/api/users/${freshWallet()}`, { display_name: 'x' }, {}).expect(401);
    });
  });

  describe('a wallet', () => {
    const swapLast = (wallet: string): string => `${wallet.slice(0, -1)}${wallet.endsWith('q') ? 'p' : 'q'}`;

    it.each([
      ['one letter changed', (wallet: string) => swapLast(wallet)],
      ['mixed case', (wallet: string) => `${wallet.slice(0, 10)}${wallet.slice(10).toUpperCase()}`],
      ['another prefix', () => freshWallet('cosmos')],
      ['no checksum', () => 'remes1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq'],
      ['an EVM address', () => `0x${'a'.repeat(40)}`],
      ['very long', () => `remes1${'q'.repeat(400)}`],
    ])('with %s is a 400 that names the field', async (_what, spoil) => {
      const wallet = spoil(freshWallet());
      const { body } = await api.get(`/api/users/${wallet}`).expect(400);
      expect(body.errors).toEqual([{ field: 'wallet', message: expect.stringContaining('remes1') as string }]);
      await api.get(`/api/users/${wallet}/credits`).expect(400);
      await change('add', wallet, '1').expect(400);
      const refused = await api.send('post', '/api/users', { walletAddress: wallet }).expect(400);
      expect(refused.body.errors[0].field).toBe('walletAddress');
    });

    it('in upper case is the same wallet', async () => {
      const wallet = await register(5);
      const { body } = await api.get(`/api/users/${wallet.toUpperCase()}/credits`).expect(200);
      expect(body).toEqual({ wallet_address: wallet, credits: '5' });
      await api.send('post', '/api/users', { walletAddress: wallet.toUpperCase() }).expect(200);
    });
  });

  describe('what a user is called', () => {
    it('is new at once', async () => {
      const wallet = await register();
      await api.get(`/api/users/${wallet}`).expect(200);
      await api.send('patch', `/api/users/${wallet}`, { display_name: '  Ada 👩‍🚀 ' }).expect(200);
      expect((await api.get(`/api/users/${wallet}`).expect(200)).body.display_name).toBe('Ada 👩‍🚀');
      await api.send('patch', `/api/users/${wallet}`, { display_name: null }).expect(200);
      expect((await api.get(`/api/users/${wallet}`).expect(200)).body.display_name).toBeNull();
    });

    it.each([
      { display_name: '' },
      { display_name: 'a'.repeat(65) },
      { display_name: 'a\nb' },
      { display_name: 'a\u202eb' },
      {},
      { credits: '5' },
    ])('is not changed by %j', async (changes) => {
      const wallet = await register();
      await api.send('patch', `/api/users/${wallet}`, changes).expect(400);
    });

    it('cannot be changed for a user who is not there', async () => {
      await api.send('patch', `/api/users/${freshWallet()}`, { display_name: 'x' }).expect(404);
    });
  });

  describe('credits', () => {
    it('are right in the cache after each change', async () => {
      const wallet = await register();
      expect(await creditsOf(wallet)).toBe('0');
      expect((await change('add', wallet, '100').expect(200)).body).toEqual({ wallet_address: wallet, credits: '100' });
      expect(await creditsOf(wallet)).toBe('100');
      expect((await change('deduct', wallet, '30').expect(200)).body.credits).toBe('70');
      expect(await creditsOf(wallet)).toBe('70');
      expect((await api.get(`/api/users/${wallet}`).expect(200)).body.credits).toBe('70');
    });

    it('keep every digit', async () => {
      const wallet = await register();
      await change('add', wallet, '9007199254740993').expect(200);
      expect(await creditsOf(wallet)).toBe('9007199254740993');
    });

    it('never go below zero under 200 concurrent deductions', async () => {
      const wallet = await register(100);
      expect(await creditsOf(wallet)).toBe('100');
      const answers = await Promise.all(Array.from({ length: 200 }, () => change('deduct', wallet, '1')));
      expect([200, 409].map((status) => answers.filter((one) => one.status === status).length)).toEqual([100, 100]);
      expect(await creditsOf(wallet)).toBe('0');
      expect(await storedCredits(wallet)).toBe('0');
    }, 30_000);

    it('keep nobody else waiting when many change those of one wallet', async () => {
      const [changed, another] = [await register(100), await register(7)];
      let settled = 0;
      await psql.query('BEGIN');
      await psql.query('SELECT FROM chaincache.users WHERE wallet_address = $1 FOR UPDATE', [changed]);
      // More of them than there are connections, and none can go on before the row is free.
      const deductions = Array.from({ length: 40 }, async () => {
        const { status } = await change('deduct', changed, '1');
        settled += 1;
        return status;
      });
      await change('add', another, '1').expect(200);
      expect(await creditsOf(another)).toBe('8');
      expect(settled).toBe(0);
      await psql.query('ROLLBACK');
      expect(new Set(await Promise.all(deductions))).toEqual(new Set([200]));
      expect(await creditsOf(changed)).toBe('60');
    }, 30_000);

    it('are not deducted beyond what there is', async () => {
      const wallet = await register(5);
      const { body } = await change('deduct', wallet, '6').expect(409);
      expect(body.detail).toContain('5 credits');
      expect(await creditsOf(wallet)).toBe('5');
    });

    it('are not added beyond what can be counted', async () => {
      const wallet = await register(5);
      await change('add', wallet, '9223372036854775807').expect(409);
      expect(await creditsOf(wallet)).toBe('5');
      await change('add', wallet, '9223372036854775802').expect(200);
      expect(await creditsOf(wallet)).toBe('9223372036854775807');
    });

    it.each(['-1', '0', '1.5', '1e3', 'abc', '', ' 1', '007', '9223372036854775808', '9'.repeat(400), 5, null, ['1']])(
      'are not changed by the amount %j',
      async (amount) => {
        const wallet = await register(5);
        const { body } = await change('add', wallet, amount).expect(400);
        expect(body.errors[0]).toEqual({
          field: 'amount',
          message: expect.stringContaining('positive whole') as string,
        });
        await change('deduct', wallet, amount).expect(400);
        expect(await storedCredits(wallet)).toBe('5');
      },
    );

    it('of a user who is not there cannot be changed', async () => {
      await change('add', freshWallet(), '1').expect(404);
    });
  });

  describe('an Idempotency-Key', () => {
    it('is required, in a form that can be kept', async () => {
      const wallet = await register();
      const { body } = await change('add', wallet, '1', ADMIN).expect(400);
      expect(body.errors[0].field).toBe('Idempotency-Key');
      await change('add', wallet, '1', { ...ADMIN, 'idempotency-key': 'a'.repeat(256) }).expect(400);
      await change('add', wallet, '1', { ...ADMIN, 'idempotency-key': 'a b' }).expect(400);
    });

    it('gives the same answer again and changes nothing', async () => {
      const wallet = await register();
      const key = freshKey();
      const first = await change('add', wallet, '7', key).expect(200);
      await change('add', wallet, '1').expect(200);
      const again = await change('add', wallet, '7', key).expect(200);
      expect(again.body).toEqual(first.body);
      expect(again.headers['idempotency-replayed']).toBe('true');
      expect(await storedCredits(wallet)).toBe('8');
    });

    it('gives a refusal again too, whatever happened since', async () => {
      const wallet = await register(1);
      const key = freshKey();
      const first = await change('deduct', wallet, '2', key).expect(409);
      await change('add', wallet, '5').expect(200);
      const again = await change('deduct', wallet, '2', key).expect(409);
      expect(again.body.detail).toBe(first.body.detail);
      expect(await storedCredits(wallet)).toBe('6');
    });

    it('refuses another amount, operation or wallet', async () => {
      const [wallet, other] = [await register(10), await register(10)];
      const key = freshKey();
      await change('add', wallet, '1', key).expect(200);
      const { body } = await change('add', wallet, '2', key).expect(422);
      expect(body.detail).toContain('Idempotency-Key');
      await change('deduct', wallet, '1', key).expect(422);
      await change('add', other, '1', key).expect(422);
      expect([await storedCredits(wallet), await storedCredits(other)]).toEqual(['11', '10']);
    });

    it('lets one of many that arrive at once take effect', async () => {
      const wallet = await register();
      const key = freshKey();
      const answers = await Promise.all(Array.from({ length: 20 }, () => change('add', wallet, '3', key)));
      expect(new Set(answers.map(({ status, body }) => `${status} ${body.credits}`))).toEqual(new Set(['200 3']));
      expect(answers.filter(({ headers }) => headers['idempotency-replayed'] === 'true')).toHaveLength(19);
      expect(await storedCredits(wallet)).toBe('3');
    });

    it('of a user who was not there yet may be used once they are', async () => {
      const wallet = freshWallet();
      const key = freshKey();
      await change('add', wallet, '4', key).expect(404);
      await api.send('post', '/api/users', { walletAddress: wallet }).expect(201);
      await change('add', wallet, '4', key).expect(200);
    });

    it('means nothing after 24 hours', async () => {
      const wallet = await register();
      const key = freshKey();
      await change('add', wallet, '1', key).expect(200);
      await psql.query(
        `UPDATE chaincache.idempotency_keys SET created_at = now() - interval '25 hours' WHERE key = $1`,
        [key['idempotency-key']],
      );
      await change('add', wallet, '2', key).expect(200);
      expect(await storedCredits(wallet)).toBe('3');
    });
  });

  describe('a cached answer', () => {
    /** On a busy machine Redis may not have answered in time, and then nothing is kept: another wallet is asked for. */
    async function asked(pathOf: (wallet: string) => string): Promise<[Response, Response]> {
      for (let tries = 1; ; tries += 1) {
        const path = pathOf(await register());
        const answers: [Response, Response] = [await api.get(path).expect(200), await api.get(path).expect(200)];
        if (answers[1].headers['x-cache'] !== 'MISS' || tries === 5) return answers;
      }
    }

    it.each(['', '/credits'])('tells its tier, age and validator, and is not sent twice: %s', async (part) => {
      let path = '';
      const [first, second] = await asked((wallet) => (path = `/api/users/${wallet}${part}`));
      expect([first.headers['x-cache'], second.headers['x-cache']]).toEqual(['MISS', 'L1']);
      expect(second.headers).toMatchObject({ 'cache-control': 'no-cache', age: '0' });
      await api.get(path, { 'if-none-match': second.headers.etag as string }).expect(304);
    });
  });

  it('sees within a second what somebody types into psql', async () => {
    const wallet = await register(5);
    expect(await creditsOf(wallet)).toBe('5');
    await psql.query('UPDATE chaincache.users SET credits = 77 WHERE wallet_address = $1', [wallet]);
    const deadline = performance.now() + 1_000;
    while ((await creditsOf(wallet)) !== '77') expect(performance.now()).toBeLessThan(deadline);
  });
});
