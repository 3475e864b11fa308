import net from 'node:net';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { SignJWT } from 'jose';
import pg from 'pg';
import { evmSigner, r3mesSigner, type Signer, signIn } from './auth.signers.js';
import { databaseForSpec } from './database-for-spec.js';
import { freshWallet, type TestApi, startR3mesApi } from './r3mes-api.js';

const JWT_SECRET = 'a-secret-of-more-than-32-characters';
const DOMAIN = 'dashboard.r3mes.example';

describe('signing in', () => {
  let api: TestApi;
  let other: TestApi;
  let psql: pg.Client;

  beforeAll(async () => {
    // Whatever is logged at all, no secret is.
    const environment = { JWT_SECRET, AUTH_DOMAIN: DOMAIN, LOG_LEVEL: 'debug' };
    [api, other] = await Promise.all([startR3mesApi(environment), startR3mesApi(environment)]);
    psql = new pg.Client(await databaseForSpec());
    await psql.connect();
  }, 60_000);

  afterAll(async () => {
    await psql?.end();
    await Promise.all([api?.close(), other?.close()]);
  });

  interface Signed {
    readonly payload: Record<string, string>;
    readonly message: string;
    readonly signature: string;
    readonly publicKey?: string;
  }

  async function signed(signer: Signer): Promise<Signed> {
    const { body } = await api.send('post', '/api/auth/payload', { address: signer.address }, {}).expect(200);
    return { payload: body.payload, message: body.message, ...(await signer.sign(body.message as string)) };
  }
  const logIn = (signedPayload: unknown, instance = api) => instance.send('post', '/api/auth/login', signedPayload, {});
  const refusal = async (signedPayload: unknown): Promise<string> => {
    const { body, headers } = await logIn(signedPayload).expect(401);
    expect(headers['content-type']).toContain('application/problem+json');
    expect(headers['www-authenticate']).toMatch(/^Bearer/);
    return body.detail as string;
  };

  describe.each([
    ['an EVM wallet', evmSigner],
    ['an R3MES wallet', r3mesSigner],
  ])('with %s', (_kind, makeSigner) => {
    it('gives a session of 15 minutes, on whichever instance', async () => {
      const { body, headers } = await logIn(await signed(makeSigner()), other).expect(200);
      expect(body).toEqual({ token: expect.stringMatching(/^eyJ/) as string, tokenType: 'Bearer', expiresIn: 900 });
      expect(headers['cache-control']).toBe('no-store');
      await api.get('/api/api-keys', { authorization: `Bearer ${body.token as string}` }).expect(200);
    });

    it('takes effect once, whichever instance it comes to', async () => {
      const login = await signed(makeSigner());
      const answers = await Promise.all([logIn(login), logIn(login, other), logIn(login), logIn(login, other)]);
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 401)).toHaveLength(3);
      expect(await refusal(login)).toContain('before');
    });

    it('does not use the payload up with a signature that is wrong', async () => {
      const signer = makeSigner();
      const login = await signed(signer);
      const { signature } = await signer.sign(`${login.message}!`);
      expect(await refusal({ ...login, signature })).toContain('signature');
      await logIn(login).expect(200);
    });

    it('refuses what another wallet signed, also in the name of this one', async () => {
      const signer = makeSigner();
      const login = await signed(signer);
      for (const as of [undefined, signer.address]) {
        const stranger = await makeSigner().sign(login.message, as);
        expect(await refusal({ ...login, ...stranger })).toContain('signature');
      }
    });

    it.each([
      ['domain', 'evil.example', 'domain'],
      ['chain_id', '1', 'chain'],
      ['expiration_time', '2999-01-01T00:00:00.000Z', 'issued here'],
      ['statement', 'I agree to everything', 'issued here'],
      ['nonce', '0'.repeat(64), 'issued here'],
      ['nonce', 'short', 'issued here'],
    ])('refuses a payload whose %s was made up, properly signed', async (field, value, reason) => {
      const signer = makeSigner();
      const login = await signed(signer);
      const payload = { ...login.payload, [field]: value };
      const message = login.message.replace(login.payload[field] ?? '\0', value);
      expect(await refusal({ payload, ...(await signer.sign(message)) })).toContain(reason);
    });
  });

  it('asks an EVM wallet for an EIP-4361 message of the configured domain', async () => {
    const signer = evmSigner();
    const { payload, message } = await signed(signer);
    expect(message.split('\n').slice(0, 8)).toEqual([
      `${DOMAIN} wants you to sign in with your Ethereum account:`,
      signer.address,
      '',
      'Please ensure that the domain above matches the URL of the current website.',
      '',
      `URI: https://${DOMAIN}`,
      'Version: 1',
      'Chain ID: 31337',
    ]);
    expect(payload.nonce).toMatch(/^[0-9a-f]{64}$/);
    expect(Date.parse(payload.expiration_time!) - Date.parse(payload.issued_at!)).toBe(300_000);
  });

  it('refuses an address that changed hands within a payload', async () => {
    const [victim, thief] = [evmSigner(), evmSigner()];
    const { payload, message } = await signed(victim);
    const changed = message.replace(victim.address, thief.address);
    const login = { payload: { ...payload, address: thief.address }, ...(await thief.sign(changed)) };
    expect(await refusal(login)).toContain('issued here');
  });

  it.each<[string, unknown, string]>([
    ['no address', {}, 'address'],
    ['an address with a wrong checksum', { address: `${freshWallet().slice(0, -1)}b` }, 'address'],
    ['a chain that is not served', { address: evmSigner().address, chainId: 5 }, 'chainId'],
    ['a chain for an R3MES wallet', { address: freshWallet(), chainId: 31337 }, 'chainId'],
  ])('gives no payload for %s', async (_what, body, field) => {
    const answer = await api.send('post', '/api/auth/payload', body, {}).expect(400);
    expect(answer.body.errors).toEqual([{ field, message: expect.any(String) as string }]);
  });

  it.each<[string, unknown, string]>([
    ['no payload', { signature: `0x${'0'.repeat(130)}` }, 'payload'],
    ['a signature that is none', { payload: {}, signature: '0x1' }, 'signature'],
  ])('refuses a login with %s', async (_what, body, field) => {
    const answer = await logIn(body).expect(400);
    const fields = (answer.body.errors as { field: string }[]).map((error) => error.field.split('.')[0]);
    expect(fields).toContain(field);
  });

  it('tells the application that somebody signed in', async () => {
    const signer = r3mesSigner();
    const told = api.app.get(EventEmitter2).waitFor('user.logged-in');
    await signIn(api, signer);
    expect((await told)[0]).toMatchObject({ wallet: signer.address });
  });

  it('reports no login to anybody: nothing is connected to but the database', async () => {
    const fetched: unknown[] = [];
    const connections: unknown[] = [];
    const original = net.Socket.prototype.connect;
    const connecting = jest.spyOn(net.Socket.prototype, 'connect').mockImplementation(function (
      this: net.Socket,
      ...args: unknown[]
    ) {
      connections.push(args.flat().find((argument) => argument !== null && typeof argument !== 'function'));
      return Reflect.apply(original, this, args) as net.Socket;
    });
    const fetching = jest.spyOn(globalThis, 'fetch').mockImplementation((input) => {
      fetched.push(input);
      return Promise.reject(new Error('nothing is to be fetched'));
    });
    try {
      await signIn(api, evmSigner());
      const login = await signed(evmSigner());
      await refusal({ ...login, signature: `0x${'11'.repeat(65)}` });
    } finally {
      connecting.mockRestore();
      fetching.mockRestore();
    }
    expect(fetched).toEqual([]);
    const known = [api.url, await databaseForSpec()].map((url) => new URL(url).port);
    const portOf = (target: unknown): string => String((target as { port?: unknown } | undefined)?.port ?? target);
    expect(connections.map(portOf).filter((port) => !known.includes(port))).toEqual([]);
    // The test itself: it is seen when somebody connects.
    expect(connections.length).toBeGreaterThan(0);
  });

  it('takes what thirdweb’s own client signs', async () => {
    const { signLoginPayload } = await import('thirdweb/auth');
    const signer = evmSigner();
    const { body } = await api.send('post', '/api/auth/payload', { address: signer.address }, {}).expect(200);
    const account = {
      address: signer.address,
      signMessage: async ({ message }: { message: unknown }) => (await signer.sign(message as string)).signature,
    };
    const login = await signLoginPayload({ payload: body.payload, account: account as never });
    await logIn(login).expect(200);
  });

  describe('a session', () => {
    const patch = (wallet: string, headers: Readonly<Record<string, string>>) =>
      api.send('patch', `/api/users/${wallet}`, { display_name: 'Alice' }, headers);

    it('lets its owner change their own information, and nobody else’s', async () => {
      const [alice, bob] = [r3mesSigner(), freshWallet()];
      await Promise.all([alice.address, bob].map((walletAddress) => api.send('post', '/api/users', { walletAddress })));
      const session = await signIn(api, alice);
      expect((await patch(alice.address, session).expect(200)).body.display_name).toBe('Alice');
      const { headers } = await patch(bob, session).expect(403);
      expect(headers['www-authenticate']).toContain('insufficient_scope');
    });

    it('never lets its owner change their credits, nor anything of the service', async () => {
      const alice = r3mesSigner();
      const session = await signIn(api, alice);
      const key = { ...session, 'idempotency-key': 'k' };
      await api.send('post', `/api/users/${alice.address}/credits/add`, { amount: '1' }, key).expect(403);
      await api.send('post', '/api/events', [], session).expect(403);
      await api.send('post', '/api/cache', { action: 'invalidateTag', tag: 'chain' }, session).expect(403);
    });

    const token = (claims: Record<string, unknown>, secret = JWT_SECRET) =>
      new SignJWT({
        iss: 'chaincache',
        aud: 'chaincache',
        sub: freshWallet(),
        iat: seconds(),
        exp: seconds(900),
        ...claims,
      })
        .setProtectedHeader({ alg: 'HS256' })
        .sign(Buffer.from(secret));
    const seconds = (fromNow = 0): number => Math.floor(Date.now() / 1_000) + fromNow;
    const statusWith = async (jwt: string): Promise<number> =>
      (await api.get('/api/api-keys', { authorization: `Bearer ${jwt}` })).status;

    it('is made with JWT_SECRET, so that other services can verify it', async () => {
      expect(await statusWith(await token({}))).toBe(200);
    });

    it.each<[string, () => Promise<string>]>([
      ['that has expired', () => token({ exp: seconds(-60) })],
      ['of another secret', () => token({}, 'another-secret-of-32-characters-!')],
      ['of another issuer', () => token({ iss: 'somebody' })],
      ['for another audience', () => token({ aud: 'somebody' })],
      ['without an end', () => token({ exp: undefined })],
      ['of nobody', () => token({ sub: 'nobody' })],
      ['without a signature', async () => `${(await token({})).split('.').slice(0, 2).join('.')}.`],
      [
        'whose algorithm is none',
        async () => {
          const header = Buffer.from('{"alg":"none"}').toString('base64url');
          return `${header}.${(await token({})).split('.')[1]!}.`;
        },
      ],
    ])('%s is no session', async (_what, make) => {
      expect(await statusWith(await make())).toBe(401);
    });
  });

  it('cannot be done while the database is away, rather than twice', async () => {
    const lock = new pg.Client(await databaseForSpec());
    await lock.connect();
    const login = await signed(evmSigner());
    await lock.query('BEGIN; LOCK TABLE chaincache.used_nonces');
    try {
      await logIn(login).expect(503);
    } finally {
      await lock.end();
    }
    await logIn(login).expect(200);
  }, 20_000);

  it('cannot be tried without end by one client', async () => {
    const limited = await startR3mesApi({
      JWT_SECRET,
      AUTH_DOMAIN: DOMAIN,
      RATE_LIMIT_COLD_LOADS: '1',
      RATE_LIMIT_BURST: '2',
    });
    try {
      const login = { ...(await signed(evmSigner())), signature: `0x${'11'.repeat(65)}` };
      await logIn(login, limited).expect(401);
      await logIn(login, limited).expect(401);
      const { headers } = await logIn(login, limited).expect(429);
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    } finally {
      await limited.close();
    }
  });

  it('leaves nothing of it in the log', async () => {
    const signer = r3mesSigner();
    const { authorization } = await signIn(api, signer);
    const log = [...api.log, ...other.log].join('\n');
    for (const secret of [authorization.slice(7), signer.address, JWT_SECRET]) expect(log).not.toContain(secret);
  });
});
