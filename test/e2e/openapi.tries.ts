import type { Devnet } from '@chaincache/devnet';
import type supertest from 'supertest';
import { r3mesSigner } from './auth.signers.js';
import { event } from './events.builder.js';
import { freshKey, freshWallet } from './r3mes-api.js';
import { ADMIN, type TestApi } from './running.api.js';

/** A request, and the operation of the description that it is one of. */
export interface Try {
  readonly send: () => supertest.Test;
  /** Like `get /api/users/{wallet}`. */
  readonly route: string;
}

/** Each route well used, and ill used in the ways that it has. To be sent in their order. */
export async function triesOf(api: TestApi, devnet: Devnet): Promise<Try[]> {
  const [wallet, unknown, evm] = [freshWallet(), freshWallet(), devnet.wallets[0].address];
  const made: Try[] = [];
  const get = (route: string, path: string, headers: Readonly<Record<string, string>> = {}): number =>
    made.push({ route: `get ${route}`, send: () => api.get(path, headers) });
  const send = (
    method: 'post' | 'patch',
    route: string,
    path: string,
    body: unknown,
    headers: Readonly<Record<string, string>> = ADMIN,
  ): number => made.push({ route: `${method} ${route}`, send: () => api.send(method, path, body, headers) });
  const refusals = (method: 'post' | 'patch', route: string, path: string, body: unknown): void => {
    send(method, route, path, body, {});
    send(method, route, path, body, { authorization: 'Bearer r3mes_unknown' });
    send(method, route, path, '{');
    send(method, route, path, 'x', { ...ADMIN, 'content-type': 'text/plain' });
    send(method, route, path, JSON.stringify('x'.repeat(2 ** 20 + 1)));
  };

  send('post', '/api/users', '/api/users', { walletAddress: wallet });
  send('post', '/api/users', '/api/users', { walletAddress: wallet });
  refusals('post', '/api/users', '/api/users', { walletAddress: wallet });
  send('patch', '/api/users/{wallet}', `/api/users/${wallet}`, { display_name: 'Ada' });
  send('patch', '/api/users/{wallet}', `/api/users/${unknown}`, { display_name: 'Ada' });
  refusals('patch', '/api/users/{wallet}', `/api/users/${wallet}`, { display_name: 'Ada' });
  const once = freshKey();
  for (const operation of ['add', 'deduct']) {
    const route = `/api/users/{wallet}/credits/${operation}`;
    const path = `/api/users/${wallet}/credits/${operation}`;
    const key = { ...once, 'idempotency-key': `${once['idempotency-key']}-${operation}` };
    send('post', route, path, { amount: '5' }, key);
    send('post', route, path, { amount: '5' }, key);
    send('post', route, path, { amount: '6' }, key);
    send('post', route, path, { amount: '9223372036854775807' }, freshKey());
    send('post', route, `/api/users/${unknown}/credits/${operation}`, { amount: '5' }, freshKey());
    refusals('post', route, path, { amount: '5' });
  }
  send('post', '/api/miners', '/api/miners', { walletAddress: wallet });
  send('post', '/api/miners', '/api/miners', { walletAddress: wallet });
  refusals('post', '/api/miners', '/api/miners', { walletAddress: wallet });
  const report = {
    hashrate: 5,
    gpu_temperature: 60,
    blocks_found: 1,
    uptime_percentage: 99,
    network_difficulty: 7,
    earnings: '0.5',
  };
  send('post', '/api/miners/{wallet}/stats', `/api/miners/${wallet}/stats`, report);
  send('post', '/api/miners/{wallet}/stats', `/api/miners/${unknown}/stats`, report);
  refusals('post', '/api/miners/{wallet}/stats', `/api/miners/${wallet}/stats`, report);

  for (const [route, known, none, bad] of [
    ['/api/users/{wallet}', `/api/users/${wallet}`, `/api/users/${unknown}`, '/api/users/x'],
    ['/api/users/{wallet}/credits', `/api/users/${wallet}/credits`, `/api/users/${unknown}/credits`, undefined],
    ['/api/miners/{wallet}/stats', `/api/miners/${wallet}/stats`, `/api/miners/${unknown}/stats`, undefined],
    [
      '/api/miners/{wallet}/earnings',
      `/api/miners/${wallet}/earnings`,
      undefined,
      `/api/miners/${wallet}/earnings?days=0`,
    ],
    [
      '/api/miners/{wallet}/hashrate',
      `/api/miners/${wallet}/hashrate`,
      undefined,
      `/api/miners/${wallet}/hashrate?days=0`,
    ],
    ['/api/network/stats', '/api/network/stats', undefined, undefined],
    ['/api/blocks', '/api/blocks?limit=3', undefined, '/api/blocks?limit=0'],
    ['/api/blocks/height', '/api/blocks/height', undefined, undefined],
    ['/api/tokens/{address}', `/api/tokens/${evm}`, undefined, '/api/tokens/0x1'],
  ] as const) {
    get(route, known);
    get(route, known);
    made.push({
      route: `get ${route}`,
      send: () => api.get(known, { 'if-none-match': '*' }),
    });
    if (none !== undefined) get(route, none);
    if (bad !== undefined) get(route, bad);
  }
  get('/api/tokens/{address}/events', '/api/tokens/0x1/events');

  get('/api/cache', `/api/cache?wallet=${evm}`);
  get('/api/cache', '/api/cache?wallet=x');
  send('post', '/api/cache', '/api/cache', { action: 'invalidateTag', tag: `user:${wallet}` });
  send('post', '/api/cache', '/api/cache', { action: 'forget' });
  refusals('post', '/api/cache', '/api/cache', { action: 'invalidateTag', tag: 'chain' });
  for (const route of ['/api/cache/explain', '/api/cache/stats', '/api/cache/warm']) {
    const path = route.endsWith('explain') ? `${route}?key=user:info:${wallet}` : route;
    get(route, path, ADMIN);
    get(route, path);
    get(route, path, { 'x-api-key': 'r3mes_unknown' });
  }
  get('/api/cache/explain', '/api/cache/explain?key=nothing:of:the:kind', ADMIN);
  get('/api/cache/explain', '/api/cache/explain', ADMIN);
  get('/api/cache/stats/stream', '/api/cache/stats/stream');
  send('post', '/api/cache/warm', '/api/cache/warm', {});
  refusals('post', '/api/cache/warm', '/api/cache/warm', {});

  const { id } = (await api.send('post', '/api/api-keys', { walletAddress: wallet }).expect(201)).body as {
    id: string;
  };
  send('post', '/api/api-keys', '/api/api-keys', { walletAddress: wallet, name: 'x', expiresDays: 3 });
  refusals('post', '/api/api-keys', '/api/api-keys', { walletAddress: wallet });
  get('/api/api-keys', `/api/api-keys?walletAddress=${wallet}`, ADMIN);
  get('/api/api-keys', '/api/api-keys', ADMIN);
  get('/api/api-keys', '/api/api-keys');
  send('post', '/api/api-keys/{id}/revoke', `/api/api-keys/${id}/revoke`, {});
  send('post', '/api/api-keys/{id}/revoke', '/api/api-keys/00000000-0000-4000-8000-000000000000/revoke', {});
  send('post', '/api/api-keys/{id}/revoke', '/api/api-keys/x/revoke', {});
  send('post', '/api/api-keys/{id}/revoke', `/api/api-keys/${id}/revoke`, {}, {});

  send('post', '/api/events', '/api/events', [event('user.updated', { wallet }), event('nothing', {})]);
  send('post', '/api/events', '/api/events', event('block.created', { height: 1 }));
  refusals('post', '/api/events', '/api/events', []);

  const signer = r3mesSigner();
  const asked = await api.post('/api/auth/payload', { address: signer.address }).expect(200);
  const { payload, message } = asked.body as { payload: object; message: string };
  const login = { payload, ...(await signer.sign(message)) };
  send('post', '/api/auth/payload', '/api/auth/payload', { address: wallet }, {});
  send('post', '/api/auth/payload', '/api/auth/payload', { address: evm }, {});
  send('post', '/api/auth/payload', '/api/auth/payload', {}, {});
  send('post', '/api/auth/login', '/api/auth/login', { payload }, {});
  send('post', '/api/auth/login', '/api/auth/login', login, {});
  send('post', '/api/auth/login', '/api/auth/login', login, {});

  get('/api/quotes/destinations', '/api/quotes/destinations');
  get('/api/quotes/destinations', '/api/quotes/destinations?chainId=x');
  const { stable } = devnet.evm;
  const { address } = devnet.tokens.find(({ kind }) => kind === 'plain')!;
  const order = { chainId: 31337, sender: evm, destinationToken: stable, tokens: [{ address, amount: '1000' }] };
  send('post', '/api/quotes', '/api/quotes', order, {});
  send('post', '/api/quotes', '/api/quotes', {}, {});

  for (const route of ['/health/live', '/health/startup', '/health/ready', '/metrics']) get(route, route);
  return made;
}
